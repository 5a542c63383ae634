import { Page } from '../app/page.tsx';
import { Link, type SettingsSection, settingsSections } from '../app/router.tsx';
import { useTexts } from '../texts/texts.tsx';
import { lazyPage } from '../ui/lazy-part.tsx';
import { Account } from './account.tsx';
import { Appearance } from './appearance.tsx';
import { NotificationSettings } from './notification-settings.tsx';
import { PasswordSettings } from './password-settings.tsx';
import { ProfileSettings } from './profile-settings.tsx';
import './settings.css';

const Organization = lazyPage(() =>
  import('../organization/organization.tsx').then(({ Organization }) => Organization),
);
// It brings a parser of user agents.
const Sessions = lazyPage(() => import('./sessions.tsx').then(({ Sessions }) => Sessions));

const pages = {
  profile: ProfileSettings,
  appearance: Appearance,
  notifications: NotificationSettings,
  sessions: Sessions,
  password: PasswordSettings,
  organization: Organization,
  account: Account,
} satisfies Record<SettingsSection, unknown>;

export function Settings({ section }: { section: SettingsSection }) {
  const { settings } = useTexts();
  const Section = pages[section];
  return (
    <Page title={settings.title}>
      <nav className="settings-nav" aria-label={settings.title}>
        {settingsSections.map((each) => (
          <Link key={each} to={`/settings/${each}`} aria-current={each === section ? 'page' : undefined}>
            {settings[each]}
          </Link>
        ))}
      </nav>
      <section aria-labelledby="settings-title">
        <h2 id="settings-title">{settings[section]}</h2>
        <Section />
      </section>
    </Page>
  );
}
