import { Name, OwnName, Phone } from "../ui/Name.tsx";
import { Modal, useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useId, useState, type KeyboardEvent, type ReactNode } from "react";
import { listWabasOptions } from "../api/generated/@tanstack/react-query.gen.ts";
import { maySendLink, type WabaSummary } from "../api/types.ts";
import { useMayAct } from "../api/useMayAct.ts";
import { orderCommand, type OrderedCommand } from "../pages/waba/ordered-command.ts";
import { t } from "../messages.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { Lamp } from "../ui/Lamp.tsx";
import { useSignOut } from "./useSignOut.ts";

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

/** Search and commands in one field, after the combobox pattern of the ARIA practices. */
export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      size={600}
      padding={0}
      yOffset="12vh"
      title={t("palette.title")}
      classNames={{ content: "palette", header: "vh" }}
    >
      <PaletteBody onClose={onClose} />
    </Modal>
  );
}

function PaletteBody({ onClose }: { onClose: () => void }) {
  const [q, setQ] = useState("");
  const [active, setActive] = useState(0);
  const listId = useId();
  const entries = useEntries(q.trim(), onClose);
  const index = Math.min(active, entries.length - 1);
  useEffect(() => {
    document.getElementById(`${listId}-${index}`)?.scrollIntoView({ block: "nearest" });
  }, [index, listId]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) setActive((index + step + entries.length) % entries.length);
    else if (event.key === "Enter") entries[index]?.run();
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div className="palette-field">
        <Icon name="search" />
        <input
          data-autofocus
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={index >= 0 ? `${listId}-${index}` : undefined}
          aria-label={t("palette.title")}
          placeholder={t("palette.hint")}
          value={q}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setQ(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <ul className="palette-list" role="listbox" id={listId} aria-label={t("palette.title")}>
        {entries.map((entry, at) => (
          <li key={entry.id} role="presentation">
            {entries[at - 1]?.group === entry.group ? null : (
              <div className="palette-group" role="presentation">
                {entry.group}
              </div>
            )}
            <div
              id={`${listId}-${at}`}
              role="option"
              aria-selected={at === index}
              className="palette-entry"
              onClick={entry.run}
              onPointerMove={() => setActive(at)}
            >
              {entry.mark}
              <span className="palette-label">{entry.content ?? entry.label}</span>
              {entry.hint ? <span className="muted small">{entry.hint}</span> : null}
            </div>
          </li>
        ))}
      </ul>
      {entries.length === 0 ? <p className="palette-none">{t("palette.empty")}</p> : null}
    </>
  );
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
  const mayAct = useMayAct();
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
      <span className="palette-name">
        <Name>{waba.client.name}</Name>
        <OwnName name={waba.name} of={waba.client.name} />
      </span>
      <span className="palette-which muted small">
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
  const { setColorScheme } = useMantineColorScheme();
  const command = (group: string, label: string, icon: IconName, run: () => void): Entry => ({
    id: label,
    group,
    label,
    mark: <Icon name={icon} />,
    run,
  });
  return [
    command(t("palette.pages"), t("nav.overview"), "overview", () => void navigate({ to: "/" })),
    command(t("palette.pages"), t("nav.wabas"), "list", () => void navigate({ to: "/wabas" })),
    command(
      t("palette.pages"),
      `${t("nav.wabas")}: ${t("wabas.broken")}`,
      "list",
      () => void navigate({ to: "/wabas", search: { broken: "true" } }),
    ),
    command(t("palette.pages"), t("nav.onboarding"), "invite", () => void navigate({ to: "/onboarding" })),
    command(t("palette.pages"), t("nav.observe"), "eye", () => void navigate({ to: "/observe" })),
    command(t("palette.pages"), t("nav.connection"), "pulse", () => void navigate({ to: "/connection" })),
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
