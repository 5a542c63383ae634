/**
 * The forms of a word for the plural categories of a language; `other` replaces missing ones. With
 * `zero`, 0 has a form of its own in every language.
 */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/**
 * Returns a function from a count to its text. `#` in the form stands for the count, written in
 * the digits of the language.
 */
export function plural(language: string, forms: Forms): (count: number) => string {
  const rules = new Intl.PluralRules(language);
  const digits = new Intl.NumberFormat(language);
  return (count) =>
    (forms[count === 0 && forms.zero ? 'zero' : rules.select(count)] ?? forms.other).replace(
      '#',
      digits.format(count),
    );
}
