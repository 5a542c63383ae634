/** Read out as soon as it appears. */
export const FormError = ({ text }: { text: string | undefined }) =>
  text ? (
    <p role="alert" className="form-error">
      {text}
    </p>
  ) : null;
