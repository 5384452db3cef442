import { Alert, Badge, Button, Group, Paper, Select, Skeleton, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { FaultText } from "../app/FaultText";
import { ChevronIcon, SearchIcon } from "../app/icons";
import { useClient } from "../app/services";
import { useI18n } from "../i18n/I18n";
import classes from "./Connect.module.css";
import { countries, type Institution, searchInstitutions } from "./institution";

interface InstitutionPickerProps {
  busy: boolean;
  /** `beta` says that the user knows that the bank is in beta (S56). */
  onPick: (bank: Institution, beta: boolean) => void;
}

/** Finds a bank among all that the providers reach. */
export function InstitutionPicker({ busy, onPick }: InstitutionPickerProps) {
  const { t } = useI18n();
  const client = useClient();
  const [text, setText] = useState("");
  const [country, setCountry] = useState<string | null>(null);
  const [doubtful, setDoubtful] = useState<Institution | null>(null);
  const [query] = useDebouncedValue(text.trim(), 150);
  const lands = useQuery({ queryKey: ["countries"], queryFn: () => countries(client), staleTime: Infinity });
  const found = useQuery({
    queryKey: ["institutions", query, country],
    queryFn: () => searchInstitutions(client, query, country),
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

  const banks = query.length > 1 ? found.data : undefined;
  return (
    <Stack gap="md">
      <Group gap="sm" align="end">
        <TextInput className={classes.query} type="search" label={t.connect.search} placeholder={t.connect.searchHint} value={text}
          leftSection={<SearchIcon size={16} />} onChange={(event) => setText(event.currentTarget.value)} data-autofocus />
        <Select className={classes.country} label={t.connect.country} placeholder={t.connect.anyCountry} data={lands.data ?? []}
          value={country} onChange={setCountry} searchable clearable />
      </Group>
      <Text size="sm" className="quiet" role="status">
        {banks ? t.connect.found(banks.length) : t.connect.typeToSearch}
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
          {banks.map((bank) => (
            <li key={bank.id}>
              <UnstyledButton className={classes.bank} disabled={busy || bank.status === "disabled"}
                onClick={() => (bank.status === "beta" ? setDoubtful(bank) : onPick(bank, false))}>
                <BankText bank={bank} />
                <ChevronIcon />
              </UnstyledButton>
            </li>
          ))}
        </Paper>
      )}
    </Stack>
  );
}

function BankText({ bank }: { bank: Institution }) {
  const { t } = useI18n();
  const facts = [
    bank.country_codes && bank.country_codes.split(",").join(", "),
    bank.provider_id && t.connect.via(bank.provider_id[1]),
    bank.history_days && t.connect.history(bank.history_days),
    bank.auto_sync_allowed === false && t.connect.manualOnly,
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
