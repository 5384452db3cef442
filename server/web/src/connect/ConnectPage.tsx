import { Alert, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { FaultText } from "../app/FaultText";
import { useClient } from "../app/services";
import { usePageTitle } from "../app/usePageTitle";
import { useI18n } from "../i18n/I18n";
import classes from "./Connect.module.css";
import { type Flow, start } from "./flow";
import { FlowView } from "./FlowView";
import { InstitutionPicker } from "./InstitutionPicker";
import type { Institution } from "./institution";
import { useMutation } from "@tanstack/react-query";
import { useLocation } from "wouter";

interface ConnectPageProps {
  /** The journal that asked to be connected. */
  journal?: number;
  /** A flow already begun: by a renewal, or before a redirect in this window. */
  flow?: number;
  /** The flow renews a connection. */
  renewal?: boolean;
}

/** From finding a bank to its first synchronisation. */
export default function ConnectPage({ journal, flow, renewal = false }: ConnectPageProps) {
  const { t } = useI18n();
  const client = useClient();
  const [, go] = useLocation();
  const [begun, setBegun] = useState<Flow | null>(null);
  const begin = useMutation({
    mutationFn: ({ bank, beta }: { bank: Institution; beta: boolean }) => start(client, bank.id, beta),
    onSuccess: setBegun,
  });
  const flowId = begun?.flow_id ?? flow;
  usePageTitle(renewal ? t.connect.updateTitle : t.connect.title);
  return (
    <Stack gap="lg" className={classes.page}>
      <div>
        <Title order={1}>{renewal ? t.connect.updateTitle : t.connect.title}</Title>
        {flowId === undefined && <Text className="quiet" mt={4}>{t.connect.lead}</Text>}
      </div>
      {begin.isError && <Alert color="red" role="alert"><FaultText cause={begin.error} /></Alert>}
      {flowId === undefined ? (
        <InstitutionPicker busy={begin.isPending} onPick={(bank, beta) => begin.mutate({ bank, beta })} />
      ) : (
        <FlowView key={flowId} id={flowId} first={begun} journal={journal} renewal={renewal}
          onAgain={() => {
            setBegun(null);
            go(renewal ? "/" : journal === undefined ? "/connect" : `/connect/journal/${journal}`);
          }} />
      )}
    </Stack>
  );
}
