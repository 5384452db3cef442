import { ActionIcon, Button, FileButton as Chooser, Tooltip } from "@mantine/core";
import { useRef } from "react";
import { FileIcon } from "../app/icons";
import { useI18n } from "../i18n/I18n";
import type { Journal } from "../journals/journal";
import { useFileTaker } from "./FileDrop";

/** Chooses statement files to import into the journal; small, its words stand in a tooltip. */
export function FileButton({ journal, small = false }: { journal: Journal; small?: boolean }) {
  const { t } = useI18n();
  const take = useFileTaker();
  const reset = useRef<() => void>(null);
  if (!take) return null;
  return (
    <Chooser multiple resetRef={reset} inputProps={{ "aria-label": t.filing.buttonOf(journal.name) }}
      onChange={(files) => {
        // The same file may be chosen again.
        reset.current?.();
        if (files.length > 0) take(files);
      }}>
      {(props) => small ? (
        <Tooltip label={t.filing.button} events={{ hover: true, focus: true, touch: false }}>
          <ActionIcon {...props} variant="subtle" color="gray" size={36} aria-label={t.filing.buttonOf(journal.name)}><FileIcon size={18} /></ActionIcon>
        </Tooltip>
      ) : (
        <Button {...props} variant="default" leftSection={<FileIcon size={16} />} aria-label={t.filing.buttonOf(journal.name)}>{t.filing.button}</Button>
      )}
    </Chooser>
  );
}
