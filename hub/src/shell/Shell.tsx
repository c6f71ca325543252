import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { aboutQuery, firingAlertsQuery, overviewQuery } from "../api/queries.ts";
import { firingCountOf, redCountOf } from "../api/types.ts";
import { useIsLimited } from "../api/useMayAct.ts";
import { Live } from "../live/Live.tsx";
import { LiveMark } from "../live/LiveMark.tsx";
import { t } from "../messages.ts";
import { Announcer } from "../ui/Announcer.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { useTitleCount } from "../ui/useTitle.ts";
import { AccountButton } from "./AccountButton.tsx";
import { isForLimited, isMinor, MINOR_PAGES } from "./minor-pages.ts";
import { MOD, useKeyboard, useKeys } from "./keyboard.ts";
import { Mark } from "./Mark.tsx";
import styles from "./Shell.module.css";
import navigation from "./navigation.module.css";

/** The minor pages are in the account's menu where the bar is narrow. */
const PAGES = [
  { to: "/", icon: "overview", label: t("nav.overview") },
  { to: "/wabas", icon: "list", label: t("nav.wabas") },
  { to: "/alerts", icon: "bell", label: t("nav.alerts") },
  { to: "/onboarding", icon: "invite", label: t("nav.onboarding") },
  ...MINOR_PAGES,
] as const satisfies readonly { to: string; icon: IconName; label: string }[];

type Overlay = "palette" | "help";

const AlertNotices = lazy(async () => ({ default: (await import("./AlertNotices.tsx")).AlertNotices }));
const AccountMenu = lazy(async () => ({ default: (await import("./AccountMenu.tsx")).AccountMenu }));
const loadPalette = () => import("./Palette.tsx");
const loadHelp = () => import("./Help.tsx");
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }));
const Help = lazy(async () => ({ default: (await loadHelp()).Help }));

/** The frame around every page of a signed-in person. */
export function Shell() {
  const [open, setOpen] = useState<Overlay | null>(null);
  useShellKeys(setOpen);
  const isLimited = useIsLimited();
  useTitleCount(useQuery({ ...overviewQuery, select: redCountOf, enabled: !isLimited }).data ?? 0);
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        {t("skip")}
      </a>
      <Sidebar onPalette={() => setOpen("palette")} onHelp={() => setOpen("help")} />
      <div className={styles.shellMain}>
        <Live />
        <ObserveBanner />
        <main id="content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Announcer />
      {isLimited ? null : (
        <Suspense>
          <AlertNotices />
        </Suspense>
      )}
      <Overlays open={open} onClose={() => setOpen(null)} />
    </div>
  );
}

/** Their code is read after the page, so that it is there when the key is pressed. */
function Overlays({ open, onClose }: { open: Overlay | null; onClose: () => void }) {
  const [opened, setOpened] = useState<Overlay[]>([]);
  if (open !== null && !opened.includes(open)) setOpened([...opened, open]);
  useEffect(() => {
    void loadPalette().then(loadHelp);
  }, []);
  return (
    <Suspense>
      {opened.includes("palette") ? <Palette opened={open === "palette"} onClose={onClose} /> : null}
      {opened.includes("help") ? <Help opened={open === "help"} onClose={onClose} /> : null}
    </Suspense>
  );
}

function useShellKeys(setOpen: (open: Overlay | null) => void): void {
  const navigate = useNavigate();
  useKeyboard();
  const keys = useMemo(
    () => ({
      "/": () => {
        const field = document.querySelector<HTMLInputElement>("[data-search]");
        if (field) field.select();
        else setOpen("palette");
      },
      "?": () => setOpen("help"),
      "g o": () => void navigate({ to: "/" }),
      "g w": () => void navigate({ to: "/wabas" }),
      "g a": () => void navigate({ to: "/alerts" }),
      "g n": () => void navigate({ to: "/onboarding" }),
      "g b": () => void navigate({ to: "/observe" }),
      "g c": () => void navigate({ to: "/connection" }),
    }),
    [navigate, setOpen],
  );
  useKeys(keys);
  useEffect(() => {
    // With a modifier: works while typing, and also when single keys are off.
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.shiftKey) return;
      event.preventDefault();
      setOpen("palette");
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [setOpen]);
}

function Sidebar({ onPalette, onHelp }: { onPalette: () => void; onHelp: () => void }) {
  const about = useQuery(aboutQuery).data;
  const isLimited = useIsLimited();
  const pages = PAGES.filter(({ to }) => !isLimited || isForLimited(to));
  return (
    <nav className={styles.sidebar} aria-label={t("nav.label")}>
      <Link to="/" className={styles.brand}>
        <Mark />
        <span className={styles.brandText}>
          <strong>{t("product")}</strong>
          <span className={styles.brandPartner}>{about?.partner.name ?? "\u00a0"}</span>
        </span>
      </Link>
      <button type="button" className={styles.searchButton} onClick={onPalette}>
        <Icon name="search" />
        <span className="nav-word">{t("nav.search")}</span>
        <kbd className="nav-word">{MOD} K</kbd>
      </button>
      <div className={styles.sidebarPages}>
        {pages.map((page) => (
          <Link
            key={page.to}
            to={page.to}
            className={isMinor(page.to) ? `${navigation.navLink} ${styles.navMinor}` : navigation.navLink}
            activeOptions={{ exact: page.to === "/", includeSearch: false }}
            title={page.label}
          >
            <Icon name={page.icon} />
            <span className="nav-word">{page.label}</span>
            {page.to === "/alerts" ? <FiringCount /> : null}
          </Link>
        ))}
      </div>
      <div className={styles.sidebarEnd}>
        <LiveMark />
        {about?.sandbox ? (
          <a
            className={`${navigation.navLink} ${styles.navMinor}`}
            href={about.sandbox.emulator_url}
            target="_blank"
            rel="noopener noreferrer"
          >
            <Icon name="sandbox" />
            <span className="nav-word">{t("account.emulator")}</span>
            <span className="vh">{t("opens_new_tab")}</span>
          </a>
        ) : null}
        <Suspense fallback={<AccountButton />}>
          <AccountMenu onHelp={onHelp} />
        </Suspense>
      </div>
    </nav>
  );
}

/** How many alerts fire that nobody is on. */
function FiringCount() {
  const firing = useQuery(firingAlertsQuery).data;
  const count = firing === undefined ? 0 : firingCountOf(firing);
  if (firing === undefined || count === 0) return null;
  return (
    <span className={styles.navCount}>
      <span aria-hidden="true">{firing.has_more ? `${count}+` : count}</span>
      <span className="vh">{t("nav.alerts_firing", { count })}</span>
    </span>
  );
}

function ObserveBanner() {
  const about = useQuery(aboutQuery).data;
  if (about?.mode !== "observe") return null;
  return (
    <div className="banner" role="note">
      {t("observe_banner")}
    </div>
  );
}
