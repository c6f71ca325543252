import { Menu, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { aboutQuery } from "../api/queries.ts";
import { useIsLimited } from "../api/useMayAct.ts";
import { t } from "../messages.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { AccountButton } from "./AccountButton.tsx";
import { isForLimited, MINOR_PAGES } from "./minor-pages.ts";
import { useSignOut } from "./useSignOut.ts";
import styles from "./AccountMenu.module.css";

const THEMES: { scheme: MantineColorScheme; icon: IconName; label: string }[] = [
  { scheme: "light", icon: "sun", label: t("theme.light") },
  { scheme: "dark", icon: "moon", label: t("theme.dark") },
  { scheme: "auto", icon: "screen", label: t("theme.auto") },
];

export function AccountMenu({ onHelp }: { onHelp: () => void }) {
  const navigate = useNavigate();
  const sandbox = useQuery(aboutQuery).data?.sandbox;
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const isLimited = useIsLimited();
  const pages = MINOR_PAGES.filter(({ to }) => !isLimited || isForLimited(to));
  return (
    <Menu position="top-start" width={220} offset={6} shadow="md">
      <Menu.Target>
        <AccountButton />
      </Menu.Target>
      <Menu.Dropdown>
        {pages.map((page) => (
          <Menu.Item
            key={page.to}
            className={styles.narrowOnly}
            leftSection={<Icon name={page.icon} />}
            onClick={() => void navigate({ to: page.to })}
          >
            {page.label}
          </Menu.Item>
        ))}
        {sandbox ? (
          <Menu.Item
            component="a"
            className={styles.narrowOnly}
            href={sandbox.emulator_url}
            target="_blank"
            rel="noopener noreferrer"
            leftSection={<Icon name="sandbox" />}
          >
            {t("account.emulator")}
          </Menu.Item>
        ) : null}
        <Menu.Divider className={styles.narrowOnly} />
        <Menu.Label>{t("theme.label")}</Menu.Label>
        {THEMES.map((theme) => (
          <Menu.Item
            key={theme.scheme}
            leftSection={<Icon name={theme.icon} />}
            rightSection={colorScheme === theme.scheme ? <Icon name="check" /> : null}
            aria-current={colorScheme === theme.scheme}
            onClick={() => setColorScheme(theme.scheme)}
          >
            {theme.label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="keyboard" />} onClick={onHelp}>
          {t("account.help")}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="out" />} onClick={signOut}>
          {t("account.sign_out")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
