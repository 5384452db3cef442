import { Badge, Button, Paper, Text, Title } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";
import { initials } from "../app/Shell";
import { FileButton } from "../filing/FileButton";
import { FileDrop } from "../filing/FileDrop";
import { accountNumber } from "../format/format";
import { useI18n } from "../i18n/I18n";
import { AttentionNote } from "./AttentionNote";
import { BalanceNote } from "./BalanceNote";
import { Freshness } from "./Freshness";
import type { Journal } from "./journal";
import classes from "./JournalCard.module.css";
import { ReviewNote } from "./ReviewNote";
import { RunNote } from "./RunNote";
import { SyncButton } from "./SyncButton";

const BalanceSparkline = lazy(() => import("./BalanceSparkline"));

/** One bank account: what is on it, how old that is, what to do. */
export function JournalCard({ journal }: { journal: Journal }) {
  const { t, format } = useI18n();
  const [fault, setFault] = useState<unknown>(null);
  const { dashboard } = journal;
  return (
    <FileDrop journal={journal} className={classes.place}>
      <Paper component="article" withBorder className={classes.card} aria-labelledby={`journal-${journal.id}`} data-journal={journal.id}>
        <header className={classes.head}>
          <Mark name={journal.linkName ?? journal.name} />
          <div className={classes.names}>
            <Title order={2} size="h4" id={`journal-${journal.id}`} className={classes.name}>
              <Link href={`/journals/${journal.id}`}>{journal.name}</Link>
            </Title>
            <Text size="xs" className="quiet figures">
              {journal.linkName && <span className={classes.bank}>{journal.linkName}</span>}
              {journal.accountNumber ? accountNumber(journal.accountNumber) : t.journals.noNumber}
            </Text>
          </div>
          <LinkBadge journal={journal} />
        </header>
        <div className={classes.money}>
          <div>
            <Text size="xs" className="quiet">{t.journals.balance}</Text>
            <Text className={`${classes.balance} figures`} data-testid="balance">
              {format.money(dashboard.balance, dashboard.currency, dashboard.digits)}
            </Text>
          </div>
          {dashboard.history.length > 2 && (
            <div className={classes.history} role="img" aria-label={t.journals.history(journal.name)}>
              <Suspense><BalanceSparkline history={dashboard.history} /></Suspense>
            </div>
          )}
        </div>
        <div className={classes.notes}>
          <Freshness journal={journal} />
          <AttentionNote journal={journal} />
          <BalanceNote journal={journal} />
          <ReviewNote journal={journal} />
          <RunNote journal={journal} fault={fault} onDismiss={() => setFault(null)} />
        </div>
        <footer className={classes.foot}>
          {journal.linkId !== null ? (
            <SyncButton journals={[journal]} onFault={setFault} />
          ) : (
            <Button component={Link} href={`/connect/journal/${journal.id}`} variant="light">{t.journals.connectThis}</Button>
          )}
          <span className={classes.more}>
            <FileButton journal={journal} small={journal.linkId !== null || journal.source !== "file_import"} />
            <Button component={Link} href={`/journals/${journal.id}`} variant="subtle" color="gray" px="sm"
              aria-label={t.journals.openLinesOf(journal.name)}>
              {t.journals.openLines}
            </Button>
          </span>
        </footer>
      </Paper>
    </FileDrop>
  );
}

/** A bank's letters on a colour of its own; no logo is fetched from outside. */
function Mark({ name }: { name: string }) {
  const hue = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  return (
    <span className={classes.mark} style={{ "--hue": hue } as React.CSSProperties} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

function LinkBadge({ journal }: { journal: Journal }) {
  const { t } = useI18n();
  if (journal.linkId === null) {
    const byFile = journal.source === "file_import";
    return <Badge variant="default" className={classes.badge}>{byFile ? t.journals.byFile : t.journals.unlinked}</Badge>;
  }
  if (journal.linkState === "disconnected") return <Badge color="gray" variant="light" className={classes.badge}>{t.journals.disconnected}</Badge>;
  if (journal.linkState === "error") return <Badge color="red" variant="light" className={classes.badge}>{t.journals.error}</Badge>;
  return <Badge color="pine" variant="light" className={classes.badge}>{t.journals.connected}</Badge>;
}
