import { Name, OwnName, Phone } from "../ui/Name.tsx";
import { getDefaultZIndex, useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight, useSpotlight } from "@mantine/spotlight";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState, type ReactNode } from "react";
import { listWabasOptions } from "../api/generated/@tanstack/react-query.gen.ts";
import { maySendLink, type WabaSummary } from "../api/types.ts";
import { useIsLimited, useMayAct } from "../api/useMayAct.ts";
import { orderCommand, type OrderedCommand } from "./ordered-command.ts";
import { t } from "../messages.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { Lamp } from "../ui/Lamp.tsx";
import { useSignOut } from "./useSignOut.ts";
import styles from "./Palette.module.css";

interface Entry {
  id: string;
  group: string;
  label: string;
  /** Shown instead of the label, where there is more to show. */
  content?: ReactNode;
  hint?: string;
  mark: ReactNode;
  run: () => void;
}

const TYPING_MS = 120;
const MOST_RESULTS = 8;
/** With more WABAs, their commands would hide the results. */
const MOST_WITH_ACTS = 3;

const [store, { open, close }] = createSpotlight();

/** Search and commands in one field, after the combobox pattern of the ARIA practices. */
export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [q, setQ] = useState("");
  useEffect(() => (opened ? open() : close()), [opened]);
  return (
    <Spotlight.Root
      store={store}
      shortcut={null}
      query={q}
      onQueryChange={setQ}
      onSpotlightClose={onClose}
      closeOnActionTrigger={false}
      zIndex={getDefaultZIndex("modal")}
      yOffset="12vh"
      overlayProps={{ blur: 0 }}
      transitionProps={{ duration: 120, transition: "fade" }}
      title={t("palette.title")}
      classNames={{ content: styles.palette, header: "vh" }}
    >
      <PaletteBody q={q.trim()} onClose={onClose} />
    </Spotlight.Root>
  );
}

const select = (selected: number): void => store.setState({ ...store.getState(), selected });

/** Spotlight changes the selection by keys without notifying those who show it. */
const showSelection = (): void => queueMicrotask(() => store.setState(store.getState()));

function PaletteBody({ q, onClose }: { q: string; onClose: () => void }) {
  const { listId, selected } = useSpotlight(store);
  const entries = useEntries(q, onClose);
  const index = Math.min(selected, entries.length - 1);
  // The first is selected from the start: Enter runs it.
  useEffect(() => select(0), []);
  return (
    <>
      <Spotlight.Search
        className={styles.paletteField}
        variant="unstyled"
        leftSection={<Icon name="search" />}
        onKeyDown={showSelection}
        data-autofocus
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={index >= 0 ? `${listId}-${index}` : undefined}
        aria-label={t("palette.title")}
        placeholder={t("palette.hint")}
        autoComplete="off"
        spellCheck={false}
      />
      <Spotlight.ActionsList
        data-part="palette-list"
        className={styles.paletteList}
        role="listbox"
        aria-label={t("palette.title")}
      >
        {groupsOf(entries).map(({ name, first, members }) => (
          <Spotlight.ActionsGroup key={members[0]?.id} role="group" aria-label={name}>
            <div className={styles.paletteGroup} aria-hidden="true">
              {name}
            </div>
            {members.map((entry, at) => (
              <Option
                key={entry.id}
                id={`${listId}-${first + at}`}
                entry={entry}
                isSelected={first + at === index}
                onPoint={() => select(first + at)}
              />
            ))}
          </Spotlight.ActionsGroup>
        ))}
      </Spotlight.ActionsList>
      {entries.length === 0 ? (
        <Spotlight.Empty className={styles.paletteNone}>{t("palette.empty")}</Spotlight.Empty>
      ) : null}
    </>
  );
}

function Option(props: { id: string; entry: Entry; isSelected: boolean; onPoint: () => void }) {
  const { id, entry, isSelected, onPoint } = props;
  return (
    <Spotlight.Action
      className={styles.paletteEntry}
      role="option"
      aria-selected={isSelected}
      // By this attribute Spotlight finds what Enter runs. It sets it on an element, which may move.
      data-selected={isSelected || undefined}
      renderRoot={(root) => <button {...root} id={id} />}
      onClick={entry.run}
      onPointerMove={onPoint}
    >
      {entry.mark}
      <span className={styles.paletteLabel}>{entry.content ?? entry.label}</span>
      {entry.hint ? <span className="muted small">{entry.hint}</span> : null}
    </Spotlight.Action>
  );
}

interface Group {
  name: string;
  /** The place of its first member in the whole list. */
  first: number;
  members: Entry[];
}

/** Entries that follow each other under one name. */
function groupsOf(entries: Entry[]): Group[] {
  const groups: Group[] = [];
  for (const [at, entry] of entries.entries()) {
    const last = groups.at(-1);
    if (last?.name === entry.group) last.members.push(entry);
    else groups.push({ name: entry.group, first: at, members: [entry] });
  }
  return groups;
}

function useEntries(q: string, onClose: () => void): Entry[] {
  const found = useFound(q);
  const commands = useCommands();
  const navigate = useNavigate();
  const matching = commands.filter((entry) => entry.label.toLowerCase().includes(q.toLowerCase()));
  const results: Entry[] = found.map((waba) => ({
    id: waba.id,
    group: t("palette.results"),
    label: labelOf(waba),
    content: <Found waba={waba} />,
    hint: waba.status_label,
    mark: <Lamp lamp={waba.lamp} />,
    run: () => void navigate({ to: "/wabas/$wabaId", params: { wabaId: waba.id } }),
  }));
  const all: Entry[] =
    q === ""
      ? []
      : [
          {
            id: "all",
            group: t("palette.results"),
            label: t("palette.all", { query: q }),
            mark: <Icon name="search" />,
            run: () => void navigate({ to: "/wabas", search: { q } }),
          },
        ];
  const acts = useActs(found.slice(0, MOST_WITH_ACTS));
  const entries = q === "" ? matching : [...results, ...acts, ...matching, ...all];
  return entries.map((entry) => ({
    ...entry,
    run: () => {
      onClose();
      entry.run();
    },
  }));
}

const labelOf = ({ name, client }: WabaSummary): string =>
  client.name === name ? name : `${client.name} · ${name}`;

/** Commands for the WABAs found. Each runs on the page of its WABA, which shows the answer. */
function useActs(found: WabaSummary[]): Entry[] {
  const navigate = useNavigate();
  const mayAct = useMayAct("support");
  const entry = (waba: WabaSummary, act: OrderedCommand, icon: IconName): Entry => ({
    id: `${act}-${waba.id}`,
    group: t("palette.actions"),
    label: t(`palette.commands.${act}`, { name: labelOf(waba) }),
    hint: waba.id,
    mark: <Icon name={icon} />,
    run() {
      orderCommand(waba.id, act);
      void navigate({ to: "/wabas/$wabaId", params: { wabaId: waba.id } });
    },
  });
  if (!mayAct) return [];
  return found.flatMap((waba) => [
    ...(maySendLink(waba) ? [entry(waba, "send", "mail")] : []),
    entry(waba, "check", "refresh"),
  ]);
}

/** The client, the number found, and the WABA. Where several numbers match, none is shown as the match. */
function Found({ waba }: { waba: WabaSummary }) {
  const meant = waba.numbers.filter(({ id }) => waba.matched_number_ids.includes(id));
  const [only, ...others] = meant.length > 0 ? meant : waba.numbers;
  return (
    <>
      <span className={styles.paletteName}>
        <Name>{waba.client.name}</Name>
        <OwnName name={waba.name} of={waba.client.name} />
      </span>
      <span className={`${styles.paletteWhich} muted small`}>
        {only === undefined ? null : others.length > 0 ? (
          <span>{t("palette.numbers", { count: others.length + 1 })}</span>
        ) : (
          <span className={meant.length > 0 ? "strong" : undefined}>
            <Phone of={only} />
          </span>
        )}
        <span className="mono">{waba.id}</span>
      </span>
    </>
  );
}

function useFound(q: string): WabaSummary[] {
  const [settled] = useDebouncedValue(q, TYPING_MS);
  const found = useQuery({
    ...listWabasOptions({ query: { q: settled, limit: MOST_RESULTS } }),
    enabled: settled !== "",
    placeholderData: keepPreviousData,
    retry: false,
  });
  return q === "" ? [] : (found.data?.data ?? []);
}

function useCommands(): Entry[] {
  const navigate = useNavigate();
  const signOut = useSignOut();
  const mayAct = useMayAct();
  const isLimited = useIsLimited();
  const { setColorScheme } = useMantineColorScheme();
  const go = (
    to: "/" | "/wabas" | "/alerts" | "/onboarding" | "/observe" | "/connection" | "/settings",
  ): void => void navigate({ to });
  const command = (group: string, label: string, icon: IconName, run: () => void): Entry => ({
    id: label,
    group,
    label,
    mark: <Icon name={icon} />,
    run,
  });
  return [
    ...(isLimited ? [] : [command(t("palette.pages"), t("nav.overview"), "overview", () => go("/"))]),
    command(t("palette.pages"), t("nav.wabas"), "list", () => go("/wabas")),
    command(
      t("palette.pages"),
      `${t("nav.wabas")}: ${t("wabas.broken")}`,
      "list",
      () => void navigate({ to: "/wabas", search: { broken: "true" } }),
    ),
    ...(isLimited
      ? []
      : [
          command(t("palette.pages"), t("nav.alerts"), "bell", () => go("/alerts")),
          command(t("palette.pages"), t("nav.onboarding"), "invite", () => go("/onboarding")),
          command(t("palette.pages"), t("nav.observe"), "eye", () => go("/observe")),
          command(t("palette.pages"), t("nav.connection"), "pulse", () => go("/connection")),
        ]),
    command(t("palette.pages"), t("nav.settings"), "key", () => go("/settings")),
    ...(mayAct
      ? [
          command(
            t("palette.actions"),
            t("onboarding.invite"),
            "invite",
            () => void navigate({ to: "/onboarding", search: { invite: "true" } }),
          ),
        ]
      : []),
    command(t("palette.actions"), t("palette.theme_light"), "sun", () => setColorScheme("light")),
    command(t("palette.actions"), t("palette.theme_dark"), "moon", () => setColorScheme("dark")),
    command(t("palette.actions"), t("palette.theme_auto"), "screen", () => setColorScheme("auto")),
    command(t("palette.actions"), t("account.sign_out"), "out", signOut),
  ];
}
