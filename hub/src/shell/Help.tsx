import { Modal } from "@mantine/core";
import { t } from "../messages.ts";
import { MOD, setShortcuts, useShortcutsOn } from "./keyboard.ts";
import styles from "./Help.module.css";

const ROWS = [
  ["/", "search"],
  ["mod K", "commands_and_search"],
  ["j k", "next_and_previous_row"],
  ["Enter", "open_the_row"],
  ["[ ]", "previous_and_next_waba_of_the_list"],
  ["c", "check_now"],
  ["l", "send_the_link_to_the_client"],
  ["a", "acknowledge_the_alert"],
  ["s", "snooze_the_alert"],
  ["g o", "go_the_overview"],
  ["g w", "go_wabas"],
  ["g a", "go_alerts"],
  ["g n", "go_onboarding"],
  ["g b", "go_observe"],
  ["g c", "go_connection"],
  ["?", "this_list"],
] as const;

export function Help({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const isOn = useShortcutsOn();
  return (
    <Modal opened={opened} onClose={onClose} title={t("help.title")} size={420}>
      <dl className={styles.keyList}>
        {ROWS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key === "mod" ? MOD : key}</kbd>
              ))}
            </dt>
            <dd>{t(`help.rows.${what}`)}</dd>
          </div>
        ))}
      </dl>
      <label className={styles.switch}>
        <input type="checkbox" checked={isOn} onChange={(event) => setShortcuts(event.target.checked)} />
        <span>
          {t("help.toggle")}
          <span className="muted small block">{t("help.toggle_hint")}</span>
        </span>
      </label>
    </Modal>
  );
}
