import { Modal } from "@mantine/core";
import { texts } from "../texts.ts";
import { MOD, setShortcuts, useShortcutsOn } from "./keyboard.ts";

export function Help({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const isOn = useShortcutsOn();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={texts.help.title}
      closeButtonProps={{ "aria-label": texts.close }}
      size={420}
    >
      <dl className="key-list">
        {texts.help.rows.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key === "mod" ? MOD : key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label className="switch">
        <input type="checkbox" checked={isOn} onChange={(event) => setShortcuts(event.target.checked)} />
        <span>
          {texts.help.toggle}
          <span className="muted small block">{texts.help.toggleHint}</span>
        </span>
      </label>
    </Modal>
  );
}
