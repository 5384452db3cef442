import { Alert, Anchor, Button, CloseButton, Group, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { Link } from "wouter";
import { FaultText } from "../app/FaultText";
import { ArrowLeftIcon, SearchIcon } from "../app/icons";
import { usePageTitle } from "../app/usePageTitle";
import { FileButton } from "../filing/FileButton";
import { FileDrop } from "../filing/FileDrop";
import { accountNumber } from "../format/format";
import { useI18n } from "../i18n/I18n";
import { AttentionNote } from "../journals/AttentionNote";
import { Freshness } from "../journals/Freshness";
import type { Journal } from "../journals/journal";
import { ReviewNote } from "../journals/ReviewNote";
import { RunNote } from "../journals/RunNote";
import { SyncButton } from "../journals/SyncButton";
import { useJournal } from "../journals/useJournals";
import { pageSize } from "./line";
import classes from "./LinesPage.module.css";
import { LinesTable } from "./LinesTable";
import { Pages } from "./Pages";
import { useLines } from "./useLines";

/** The transactions of one journal. */
export function LinesPage({ id }: { id: number }) {
  const { t } = useI18n();
  const { journal, isError, error } = useJournal(id);
  usePageTitle(journal?.name);
  return (
    <Stack gap="lg">
      <Anchor component={Link} href="/" size="sm" className={classes.back}><ArrowLeftIcon size={15} /> {t.app.accounts}</Anchor>
      {isError && <Alert color="red" role="alert"><FaultText cause={error} /></Alert>}
      {journal === null && <Alert color="yellow">{t.faults.missing}</Alert>}
      {journal === undefined && !isError && <Skeleton height={90} />}
      {journal && <FileDrop journal={journal} className={classes.page}><Lines journal={journal} /></FileDrop>}
    </Stack>
  );
}

function Lines({ journal }: { journal: Journal }) {
  const { t, format } = useI18n();
  const [text, setText] = useState("");
  const [page, setPage] = useState(1);
  const [fault, setFault] = useState<unknown>(null);
  const [query] = useDebouncedValue(text.trim(), 250);
  const { lines, total, statements, isPending, isStale, isError, error, retry } = useLines(journal.id, query, page);
  const { dashboard } = journal;

  function search(next: string) {
    setText(next);
    setPage(1);
  }

  return (
    <>
      <Group justify="space-between" align="flex-start" gap="lg">
        <div className={classes.head}>
          <Title order={1}>{journal.name}</Title>
          {journal.accountNumber && <Text className="quiet figures" size="sm">{accountNumber(journal.accountNumber)}</Text>}
        </div>
        <div className={classes.balance}>
          <Text size="xs" className="quiet">{t.journals.balance}</Text>
          <Text className="figures" fz="1.5rem" fw={620} lh={1.2}>
            {format.money(dashboard.balance, dashboard.currency, dashboard.digits)}
          </Text>
        </div>
      </Group>
      <div className={classes.state}>
        <Freshness journal={journal} />
        <Group gap="sm">
          <FileButton journal={journal} />
          {journal.linkId !== null && <SyncButton journals={[journal]} onFault={setFault} />}
        </Group>
      </div>
      <AttentionNote journal={journal} />
      <ReviewNote journal={journal} />
      <RunNote journal={journal} fault={fault} onDismiss={() => setFault(null)} />
      <Group justify="space-between" gap="sm">
        <TextInput className={classes.search} type="search" aria-label={t.lines.search} placeholder={t.lines.searchHint}
          leftSection={<SearchIcon size={16} />} value={text} onChange={(event) => search(event.currentTarget.value)}
          rightSection={text && <CloseButton size="sm" aria-label={t.lines.clear} onClick={() => search("")} />} />
        <Text size="sm" className="quiet figures" role="status">
          {total !== undefined && t.lines.total(total, format.number(total))}
        </Text>
      </Group>
      {isError && (
        <Alert color="red" title={t.faults.title} role="alert">
          <FaultText cause={error} />
          <Button mt="sm" size="xs" variant="default" onClick={retry}>{t.faults.tryAgain}</Button>
        </Alert>
      )}
      {isPending && !isError && (
        <Stack gap={10} role="status" aria-busy="true" aria-label={t.lines.loading}>
          {Array.from({ length: 12 }, (_, n) => <Skeleton key={n} height={26} />)}
        </Stack>
      )}
      {lines?.length === 0 && <Nothing query={query} />}
      {lines && lines.length > 0 && (
        <div className={classes.results} data-stale={isStale || undefined}>
          <LinesTable journal={journal} lines={lines} statements={statements} caption={t.lines.caption(journal.name)} />
        </div>
      )}
      {total !== undefined && total > pageSize && <Pages page={page} total={total} onPage={setPage} />}
    </>
  );
}

function Nothing({ query }: { query: string }) {
  const { t } = useI18n();
  return (
    <Stack align="center" gap={6} py="10vh">
      <Text fw={600}>{query ? t.lines.nothingFound(query) : t.lines.emptyTitle}</Text>
      {!query && <Text className="quiet">{t.lines.emptyText}</Text>}
    </Stack>
  );
}
