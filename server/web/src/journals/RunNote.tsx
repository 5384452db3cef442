import { Progress, Text, UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";
import { FaultText, Reference } from "../app/FaultText";
import { AlertIcon, CheckIcon, CloseIcon } from "../app/icons";
import { useI18n } from "../i18n/I18n";
import { useActivity, useLive } from "../live/LiveProvider";
import type { Activity } from "../live/runs";
import type { Journal } from "./journal";
import classes from "./JournalCard.module.css";

interface RunNoteProps {
  journal: Journal;
  /** Why the press of the button itself failed, if it did. */
  fault: unknown;
  onDismiss: () => void;
}

/** A journal's synchronisation while it runs, and how it ended; only the end is read out. */
export function RunNote({ journal, fault, onDismiss }: RunNoteProps) {
  const { runs } = useLive();
  const activity = useActivity(journal.id);
  // The same trouble is told once, and the connection's note says what to do.
  const told = activity.is === "finished" && journal.attention !== null && activity.errorReference !== null
    && activity.errorReference === journal.dashboard.error_reference;
  return (
    <div data-testid="run-note">
      {activity.is === "running" && <Running journal={journal} activity={activity} />}
      <div role="status">
        {activity.is === "finished" && !told && <Finished activity={activity} onDismiss={() => runs.dismiss(journal.id)} />}
        {activity.is === "idle" && fault !== null && (
          <Note tone="bad" icon={<AlertIcon />} onDismiss={onDismiss}><FaultText cause={fault} /></Note>
        )}
      </div>
    </div>
  );
}

function Running({ journal, activity }: { journal: Journal; activity: Extract<Activity, { is: "running" }> }) {
  const { t, format } = useI18n();
  const { fetched, of, percent } = activity;
  const words = of ? t.sync.runningOf(format.number(fetched), format.number(of))
    : fetched > 0 ? t.sync.running(format.number(fetched))
    : t.sync.waiting;
  const known = percent !== null && (percent > 0 || of !== null);
  return (
    <div>
      <Text size="sm" className="figures" mb={6} component="div" style={{ display: "flex", justifyContent: "space-between" }}>
        <span>{words}</span>
        {known && <span className="quiet">{format.percent(percent)}</span>}
      </Text>
      <Progress.Root size="sm" transitionDuration={200}>
        <Progress.Section value={known ? percent : 100} animated={!known} striped={!known} aria-label={t.sync.progress(journal.name)} />
      </Progress.Root>
    </div>
  );
}

function Finished({ activity, onDismiss }: { activity: Extract<Activity, { is: "finished" }>; onDismiss: () => void }) {
  const { t, format } = useI18n();
  const { outcome, created, errorMessage, errorReference } = activity;
  if (outcome === "ok" && created > 0) {
    return (
      <Note tone="good" icon={<CheckIcon />} onDismiss={onDismiss}>
        <strong>{t.sync.newLines(created, format.number(created))}</strong>
      </Note>
    );
  }
  if (outcome === "ok" || outcome === "nothing_new") {
    return (
      <Note tone="calm" icon={<CheckIcon />} onDismiss={onDismiss}>
        <strong>{t.sync.nothingNew}.</strong> {t.sync.nothingNewHint}
      </Note>
    );
  }
  const words = t.sync.outcomes[outcome] ?? t.sync.outcomes.failed;
  const patient = outcome === "rate_limited" || outcome === "bank_unavailable" || outcome === "needs_user";
  return (
    <Note tone={patient ? "warn" : "bad"} icon={<AlertIcon />} onDismiss={onDismiss}>
      <strong>{words.title}.</strong> {words.next}
      {errorMessage && <Text size="xs" mt={4}>{errorMessage}</Text>}
      {errorReference && <Reference reference={errorReference} />}
    </Note>
  );
}

interface NoteProps {
  tone: "good" | "calm" | "warn" | "bad";
  icon: ReactNode;
  children: ReactNode;
  onDismiss: () => void;
}

function Note({ tone, icon, children, onDismiss }: NoteProps) {
  const { t } = useI18n();
  return (
    <div className={classes.note} data-tone={tone}>
      {icon}
      <div className={classes.noteText}>{children}</div>
      <UnstyledButton className={classes.close} onClick={onDismiss} aria-label={t.sync.dismiss}><CloseIcon size={14} /></UnstyledButton>
    </div>
  );
}
