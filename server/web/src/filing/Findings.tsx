import { Alert } from "@mantine/core";
import { AlertIcon, CheckIcon } from "../app/icons";
import { useI18n } from "../i18n/I18n";
import classes from "./Filing.module.css";
import type { Finding } from "./filing";

interface FindingsProps {
  findings: readonly Finding[];
  /** How many more there are. */
  more?: number | undefined;
  /** Whether the import is done; what is doubtful is told in other words before it. */
  done?: boolean;
}

/** What a file proves, what does not agree, and what was left out of it. Doubts come first and stand out. */
export function Findings({ findings, more = 0, done = false }: FindingsProps) {
  const { t, format } = useI18n();
  const of = (kind: Finding["kind"]) => findings.filter((finding) => finding.kind === kind && !counted.includes(finding.code)).map(({ text }) => text);
  const [doubts, proofs, choices] = [of("doubt"), of("proof"), of("choice")];
  return (
    <>
      {doubts.length > 0 && (
        <Alert color="yellow" variant="light" role={done ? "status" : "alert"} icon={<AlertIcon />} data-findings="doubt"
          title={done ? t.filing.doubtsDone : t.filing.doubts(doubts.length)}>
          <Lines texts={doubts} />
          {more > 0 && <p className={classes.finding}>{t.filing.more(more, format.number(more))}</p>}
        </Alert>
      )}
      {proofs.length > 0 && (
        <Alert color="pine" variant="light" role="status" icon={<CheckIcon />} data-findings="proof" classNames={{ body: classes.proof ?? "" }}>
          <Lines texts={proofs} />
        </Alert>
      )}
      {choices.length > 0 && <div className={`${classes.choices} quiet`} data-findings="choice"><Lines texts={choices} /></div>}
    </>
  );
}

/** Told by the counts already. */
const counted = ["pending_rows"];

function Lines({ texts }: { texts: readonly string[] }) {
  const [only] = texts;
  if (texts.length === 1) return <p className={classes.finding}>{only}</p>;
  return <ul className={classes.findings}>{texts.map((text, n) => <li key={n}>{text}</li>)}</ul>;
}
