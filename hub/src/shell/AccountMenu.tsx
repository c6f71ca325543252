import { Menu, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../api/client.ts";
import { aboutQuery, sessionQuery } from "../api/queries.ts";
import { texts } from "../texts.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { MINOR_PAGES } from "./minor-pages.ts";

const THEMES: { scheme: MantineColorScheme; icon: IconName; label: string }[] = [
  { scheme: "light", icon: "sun", label: texts.theme.light },
  { scheme: "dark", icon: "moon", label: texts.theme.dark },
  { scheme: "auto", icon: "screen", label: texts.theme.auto },
];

export function AccountMenu({ onHelp }: { onHelp: () => void }) {
  const navigate = useNavigate();
  const sandbox = useQuery(aboutQuery).data?.sandbox;
  const session = useQuery(sessionQuery).data;
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  return (
    <Menu position="top-start" width={220} offset={6} shadow="md">
      <Menu.Target>
        <button type="button" className="nav-link">
          <Icon name="person" />
          <span className="nav-word wide-word">{session?.actor.name ?? texts.nav.menu}</span>
          <span className="nav-word narrow-word">{texts.nav.menu}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {MINOR_PAGES.map((page) => (
          <Menu.Item
            key={page.to}
            className="narrow-only"
            leftSection={<Icon name={page.icon} />}
            onClick={() => void navigate({ to: page.to })}
          >
            {page.label}
          </Menu.Item>
        ))}
        {sandbox ? (
          <Menu.Item
            component="a"
            className="narrow-only"
            href={sandbox.emulator_url}
            target="_blank"
            rel="noopener noreferrer"
            leftSection={<Icon name="sandbox" />}
          >
            {texts.account.emulator}
          </Menu.Item>
        ) : null}
        <Menu.Divider className="narrow-only" />
        <Menu.Label>{texts.theme.label}</Menu.Label>
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
          {texts.account.help}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="out" />} onClick={signOut}>
          {texts.account.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function useSignOut(): () => void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return () => {
    // Signed out here in any case: an unreachable server must not keep a person's list on the screen.
    void api
      .delete("/session")
      .catch(() => undefined)
      .then(async () => {
        await navigate({ to: "/sign-in" });
        queries.clear();
      });
  };
}
