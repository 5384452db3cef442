import { useI18n } from "../i18n/I18n";
import classes from "./Filing.module.css";
import type { Refusal } from "./filing";

const shown = 50;

/** What of a file could not be read, by line, with the reason. */
export function Refusals({ refused, more = 0 }: { refused: readonly Refusal[]; more?: number }) {
  const { t, format } = useI18n();
  const total = refused.length + more;
  if (total === 0) return null;
  const unshown = total - Math.min(refused.length, shown);
  return (
    <details className={classes.refusals} open={total <= 5}>
      <summary>{t.filing.refusals(total, format.number(total))}</summary>
      <ul className="figures">
        {refused.slice(0, shown).map(({ line, reason }, n) => (
          <li key={n}>{line > 0 && <strong>{t.filing.line(format.number(line))}</strong>} {reason}</li>
        ))}
        {unshown > 0 && <li className="quiet">{t.filing.more(unshown, format.number(unshown))}</li>}
      </ul>
    </details>
  );
}
