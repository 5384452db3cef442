import { Badge, ScrollArea } from "@mantine/core";
import { useI18n } from "../i18n/I18n";
import type { Journal } from "../journals/journal";
import classes from "./Filing.module.css";
import type { FileLine } from "./filing";

interface RowsProps {
  journal: Journal;
  /** With a state as an import would leave them, without one as they were read. */
  rows: readonly (Omit<FileLine, "state"> & { state?: FileLine["state"]; currency?: string })[];
  caption: string;
}

const colours: Record<FileLine["state"], string> = { new: "pine", known: "gray", changed: "yellow", duplicate: "yellow", skipped: "gray" };

/** A file's transactions in a table that scrolls by itself. */
export function Rows({ journal, rows, caption }: RowsProps) {
  const { t, format } = useI18n();
  const { currency, digits } = journal.dashboard;
  const stated = rows.some(({ state }) => state !== undefined);
  return (
    <ScrollArea.Autosize mah="18rem" type="auto" className={classes.rows} viewportProps={{ tabIndex: 0, role: "region", "aria-label": caption }}>
      <table className="figures">
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col" className={classes.day}>{t.lines.date}</th>
            <th scope="col">{t.lines.label}</th>
            <th scope="col" className={classes.amount}>{t.lines.amount}</th>
            {stated && <th scope="col" className={classes.state}>{t.filing.state}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, n) => (
            <tr key={n} data-state={row.state}>
              <td className={classes.day}>{format.date(row.date)}</td>
              <td>
                <span className={classes.text}>{row.payment_ref || row.partner_name || "—"}</span>
                {row.payment_ref && row.partner_name && <span className={classes.partner}>{row.partner_name}</span>}
              </td>
              <td className={classes.amount} data-in={Number(row.amount) > 0 || undefined}>
                {format.money(Number(row.amount), row.currency || currency, row.currency && row.currency !== currency ? undefined : digits)}
              </td>
              {stated && (
                <td className={classes.state}>
                  {row.state && <Badge variant="light" size="sm" color={colours[row.state]} className={classes.badge}>{t.filing.states[row.state]}</Badge>}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea.Autosize>
  );
}
