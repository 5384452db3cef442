import { Badge, Tooltip } from "@mantine/core";
import { memo } from "react";
import { AlertIcon } from "../app/icons";
import { useI18n } from "../i18n/I18n";
import type { Journal } from "../journals/journal";
import { useLive } from "../live/LiveProvider";
import { type Group, groupByStatement, type Line, type Statement } from "./line";
import classes from "./LinesTable.module.css";

interface LinesTableProps {
  journal: Journal;
  lines: readonly Line[];
  /** Undefined while loading; the groups then have their names only. */
  statements: ReadonlyMap<number, Statement> | undefined;
  caption: string;
}

/** Lines under the statements that hold them, newest first. */
export function LinesTable({ journal, lines, statements, caption }: LinesTableProps) {
  const { t } = useI18n();
  const { fresh } = useLive();
  const { currency, digits } = journal.dashboard;
  return (
    <table className={`${classes.table} figures`}>
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          <th scope="col" className={classes.date}>{t.lines.date}</th>
          <th scope="col">{t.lines.label}</th>
          <th scope="col" className={classes.partner}>{t.lines.partner}</th>
          <th scope="col" className={classes.amount}>{t.lines.amount}</th>
          <th scope="col" className={classes.running}>{t.lines.balance}</th>
        </tr>
      </thead>
      {groupByStatement(lines).map((group) => (
        <tbody key={`${group.statement}-${group.lines[0]?.id}`}>
          <StatementRow group={group} statement={group.statement === null ? undefined : statements?.get(group.statement)}
            currency={currency} digits={digits} />
          {group.lines.map((line) => (
            <LineRow key={line.id} line={line} fresh={fresh.has(line.id)} currency={currency} digits={digits} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

interface StatementRowProps {
  group: Group;
  statement: Statement | undefined;
  currency: string;
  digits: number;
}

function StatementRow({ group, statement, currency, digits }: StatementRowProps) {
  const { t, format } = useI18n();
  const wrong = statement && (!statement.is_complete || !statement.is_valid);
  return (
    <tr className={classes.statement}>
      <th scope="rowgroup" colSpan={5}>
        <div>
          <span className={classes.statementName}>
            {group.name ?? t.lines.noStatement}
            {wrong && (
              <Tooltip label={statement.problem_description || t.lines.incomplete} multiline maw={300}>
                <span className={classes.wrong}><AlertIcon size={14} /> {t.lines.incomplete}</span>
              </Tooltip>
            )}
          </span>
          {statement && (
            <span className={classes.balances}>
              <span>{t.lines.opening(format.money(statement.balance_start, currency, digits))}</span>
              <span>{t.lines.closing(format.money(statement.balance_end_real, currency, digits))}</span>
            </span>
          )}
        </div>
      </th>
    </tr>
  );
}

interface LineRowProps {
  line: Line;
  fresh: boolean;
  currency: string;
  digits: number;
}

const LineRow = memo(function LineRow({ line, fresh, currency, digits }: LineRowProps) {
  const { t, format } = useI18n();
  const partner = line.partner_name || (line.partner_id ? line.partner_id[1] : "");
  const [first, ...rest] = (line.payment_ref || "").split("\n");
  return (
    <tr data-fresh={fresh || undefined} data-line={line.id}>
      <td className={classes.date}><time dateTime={line.date}>{format.date(line.date)}</time></td>
      <td className={classes.label}>
        <span className={classes.labelText} title={line.payment_ref || undefined}>{[first, ...rest].join(" ") || partner || "—"}</span>
        {fresh && <Badge size="xs" variant="light" ml={8} className={classes.new}>{t.lines.new}</Badge>}
        <span className={classes.partnerBelow}>{partner}</span>
      </td>
      <td className={classes.partner}>{partner}</td>
      <td className={classes.amount} data-in={line.amount > 0 || undefined}>{format.money(line.amount, currency, digits)}</td>
      <td className={classes.running}>{format.money(line.running_balance, currency, digits)}</td>
    </tr>
  );
});
