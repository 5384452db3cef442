import { useI18n } from "../i18n/I18n";
import classes from "./Filing.module.css";
import type { FileReport } from "./filing";

/** How many of a file's transactions are new, known, refused …; what is none is left out, but for the first two. */
export function Counts({ report }: { report: FileReport }) {
  const { t, format } = useI18n();
  const words = t.filing.counts;
  const refused = report.refused.length + (report.more_refused ?? 0);
  const shown: [key: keyof typeof words, count: number][] = [
    ["new", report.new], ["known", report.known], ["changed", report.changed], ["duplicates", report.duplicates], ["repeated", report.repeated],
    ["questions", report.questions], ["skipped", report.skipped], ["pending", report.pending], ["refused", refused],
  ];
  return (
    <dl className={`${classes.counts} figures`}>
      {shown.filter(([key, count]) => count > 0 || key === "new" || key === "known").map(([key, count]) => (
        <div key={key} data-count={key} data-bad={key === "refused" || undefined}>
          <dt>{words[key].label}</dt>
          <dd>{format.number(count)}</dd>
          {words[key].hint && <dd className={classes.hint}>{words[key].hint}</dd>}
        </div>
      ))}
    </dl>
  );
}
