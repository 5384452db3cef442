import { createContext, type DragEvent, lazy, type ReactNode, Suspense, useContext, useRef, useState } from "react";
import { FileIcon } from "../app/icons";
import { useI18n } from "../i18n/I18n";
import type { Journal } from "../journals/journal";
import { useRights } from "../session/useRights";
import classes from "./Filing.module.css";

const FileDialog = lazy(() => import("./FileDialog"));

/** Takes files for the journal around it; null where none may be imported. */
const Context = createContext<((files: readonly File[]) => void) | null>(null);

/** A journal's place on the page: files that are dropped on it are imported, one after the other. */
export function FileDrop({ journal, className, children }: { journal: Journal; className?: string; children: ReactNode }) {
  const { t } = useI18n();
  const { create: mayImport } = useRights();
  const [files, setFiles] = useState<readonly File[]>([]);
  const [over, setOver] = useState(false);
  // Enter and leave are told of every element inside, too.
  const depth = useRef(0);

  function move(event: DragEvent, by: number) {
    if (!carriesFiles(event)) return;
    depth.current = Math.max(0, depth.current + by);
    setOver(depth.current > 0);
  }

  function drop(event: DragEvent) {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    take([...event.dataTransfer.files]);
  }

  function take(more: readonly File[]) {
    setFiles((before) => [...before, ...more]);
  }

  if (!mayImport) return <div className={className}>{children}</div>;
  return (
    <Context value={take}>
      <div className={`${classes.drop} ${className ?? ""}`} data-over={over || undefined} onDragEnter={(event) => move(event, 1)}
        onDragLeave={(event) => move(event, -1)} onDrop={drop}
        onDragOver={(event) => {
          if (!carriesFiles(event)) return;
          event.preventDefault();
          event.dataTransfer.dropEffect = "copy";
        }}>
        {children}
        {over && <div className={classes.target}><FileIcon size={28} /><span>{t.filing.dropInto(journal.name)}</span></div>}
        {files.length > 0 && (
          <Suspense><FileDialog journal={journal} files={files} onClose={() => setFiles([])} /></Suspense>
        )}
      </div>
    </Context>
  );
}

/** How to hand in files for the journal around; null where none may be imported. */
export function useFileTaker() {
  return useContext(Context);
}

export function carriesFiles(event: { dataTransfer: DataTransfer | null }): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
