import { Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import { useI18n } from "../i18n/I18n";
import type { Journal } from "../journals/journal";
import classes from "./Filing.module.css";
import { OneFile } from "./OneFile";

interface FileDialogProps {
  journal: Journal;
  files: readonly File[];
  onClose: () => void;
}

/** Imports files, one after the other; each is shown before anything is written. */
export default function FileDialog({ journal, files, onClose }: FileDialogProps) {
  const { t } = useI18n();
  const [at, setAt] = useState(0);
  const [busy, setBusy] = useState(false);
  const narrow = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const file = files[at];
  if (!file) return null;
  return (
    <Modal.Root opened onClose={onClose} size="56rem" fullScreen={narrow} closeOnClickOutside={false} closeOnEscape={!busy}>
      <Modal.Overlay />
      <Modal.Content>
        {/* A plain element: the library's would be a second banner of the page. */}
        <div className={classes.head}>
          <Modal.Title className={classes.title}>{t.filing.title(journal.name)}</Modal.Title>
          {!busy && <Modal.CloseButton aria-label={t.filing.close} />}
        </div>
        <Modal.Body>
          <OneFile key={at} journal={journal} file={file} place={files.length > 1 ? { at: at + 1, of: files.length } : undefined}
            next={files[at + 1]?.name} onNext={() => setAt(at + 1)} onClose={onClose} onBusy={setBusy} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
