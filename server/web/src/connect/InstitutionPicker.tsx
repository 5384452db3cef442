import { Alert, Anchor, Badge, Button, Group, Paper, Select, Skeleton, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { FaultText } from "../app/FaultText";
import { ChevronIcon, SearchIcon } from "../app/icons";
import { useClient } from "../app/services";
import { useI18n } from "../i18n/I18n";
import classes from "./Connect.module.css";
import { AddByHand } from "./AddByHand";
import { type Bank, countries, type Institution, pickBanks } from "./institution";

/** How many banks are shown at first, and how many more at each press. */
const step = 20;
const most = 100;

interface InstitutionPickerProps {
  busy: boolean;
  /** `beta` says that the user knows that the bank is in beta (S56). */
  onPick: (bank: Institution, beta: boolean) => void;
}

/** Finds a bank among all that the providers reach, and lets the user choose between those that reach it. */
export function InstitutionPicker({ busy, onPick }: InstitutionPickerProps) {
  const { t } = useI18n();
  const client = useClient();
  const [text, setText] = useState("");
  const [country, setCountry] = useState<string | null>(null);
  const [doubtful, setDoubtful] = useState<Institution | null>(null);
  const [limit, setLimit] = useState(step);
  const [query] = useDebouncedValue(text.trim(), 150);
  const lands = useQuery({ queryKey: ["countries"], queryFn: () => countries(client), staleTime: Infinity });
  const found = useQuery({
    queryKey: ["institutions", query, country, limit],
    queryFn: () => pickBanks(client, query, country, limit),
    enabled: query.length > 1,
    placeholderData: keepPreviousData,
  });

  if (doubtful) {
    return (
      <Alert color="yellow" title={t.connect.betaTitle}>
        <Text size="sm">{t.connect.betaText}</Text>
        <Group mt="md">
          <Button loading={busy} onClick={() => onPick(doubtful, true)}>{t.connect.betaGo}</Button>
          <Button variant="default" onClick={() => setDoubtful(null)}>{t.connect.otherBank}</Button>
        </Group>
      </Alert>
    );
  }

  const picked = query.length > 1 ? found.data : undefined;
  const banks = picked?.banks;
  const pick = (bank: Institution) => (bank.status === "beta" ? setDoubtful(bank) : onPick(bank, false));
  return (
    <Stack gap="md">
      <Group gap="sm" align="end">
        <TextInput className={classes.query} type="search" label={t.connect.search} placeholder={t.connect.searchHint} value={text}
          leftSection={<SearchIcon size={16} />} onChange={(event) => { setText(event.currentTarget.value); setLimit(step); }} data-autofocus />
        <Select className={classes.country} label={t.connect.country} placeholder={t.connect.anyCountry} data={lands.data ?? []}
          value={country} onChange={setCountry} searchable clearable />
      </Group>
      <Text size="sm" className="quiet" role="status">
        {picked ? t.connect.found(picked.count) : t.connect.typeToSearch}
      </Text>
      {found.isError && <Alert color="red" role="alert"><FaultText cause={found.error} /></Alert>}
      {found.isLoading && <Stack gap="xs">{[0, 1, 2].map((n) => <Skeleton key={n} height={62} radius="md" />)}</Stack>}
      {banks?.length === 0 && (
        <div>
          <Text fw={600}>{t.connect.nothingFound(query)}</Text>
          <Text size="sm" className="quiet">{t.connect.nothingFoundHint}</Text>
        </div>
      )}
      {banks && banks.length > 0 && (
        <Paper withBorder component="ul" className={classes.banks}>
          {banks.map((bank) => <BankItem key={bank.choices[0]?.id} bank={bank} busy={busy} onPick={pick} />)}
        </Paper>
      )}
      {picked && picked.count > picked.banks.length && limit < most && (
        <Button variant="default" loading={found.isFetching} onClick={() => setLimit(limit + step)}>{t.connect.more}</Button>
      )}
      <Group justify="space-between">
        <AddByHand />
        <Anchor href="/institutions" size="sm">{t.connect.allBanks}</Anchor>
      </Group>
    </Stack>
  );
}

/** A bank with one way to reach it, or with a choice of several. */
function BankItem({ bank, busy, onPick }: { bank: Bank; busy: boolean; onPick: (choice: Institution) => void }) {
  const { t } = useI18n();
  const buttons = bank.choices.map((choice) => (
    <UnstyledButton key={choice.id} className={classes.bank} disabled={busy || !choice.usable} onClick={() => onPick(choice)}>
      <BankText bank={choice} />
      <ChevronIcon />
    </UnstyledButton>
  ));
  if (buttons.length === 1) return <li>{buttons}</li>;
  return (
    <li>
      <Text size="xs" className={classes.choice}>{t.connect.choose(bank.name, buttons.length)}</Text>
      {buttons}
    </li>
  );
}

function BankText({ bank }: { bank: Institution }) {
  const { t } = useI18n();
  const facts = [
    bank.country_codes && bank.country_codes.split(",").join(", "),
    bank.provider_id && t.connect.via(bank.provider_id[1]),
    bank.history_days && t.connect.history(bank.history_days),
    bank.auto_sync_allowed === false && t.connect.manualOnly,
    bank.reason,
  ].filter(Boolean);
  return (
    <span className={classes.bankText}>
      <span className={classes.bankName}>
        {bank.name} {bank.status === "beta" && <Badge size="sm" variant="light" color="yellow" className={classes.beta}>{t.connect.beta}</Badge>}
      </span>
      <span className={classes.facts}>{facts.join(" · ")}</span>
    </span>
  );
}
