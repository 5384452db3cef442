import { Anchor, Center, Loader, MantineProvider, Stack, Text } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Link, Route, Router, Switch } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import { I18nProvider, useI18n } from "../i18n/I18n";
import { JournalsPage } from "../journals/JournalsPage";
import { LinesPage } from "../lines/LinesPage";
import { LiveProvider } from "../live/LiveProvider";
import { LoginPage } from "../session/LoginPage";
import { SessionProvider, useSessionControl } from "../session/SessionProvider";
import { newQueryClient } from "./queryClient";
import { type Services, ServicesProvider } from "./services";
import { Shell } from "./Shell";
import { theme, variables } from "./theme";

const ConnectPage = lazy(() => import("../connect/ConnectPage"));
const ReviewPage = lazy(() => import("../review/ReviewPage"));

/** The whole dashboard over the given services. */
export function App({ services }: { services: Services }) {
  const [queries] = useState(newQueryClient);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <I18nProvider>
        <ServicesProvider services={services}>
          <QueryClientProvider client={queries}>
            <SessionProvider>
              <Router hook={useHashLocation}>
                <Gate />
              </Router>
            </SessionProvider>
          </QueryClientProvider>
        </ServicesProvider>
      </I18nProvider>
    </MantineProvider>
  );
}

function Gate() {
  const { state } = useSessionControl();
  if (state.is === "checking") return <Waiting />;
  if (state.is === "out") return <LoginPage expired={state.expired} />;
  return (
    <LiveProvider>
      <Shell>
        <Suspense fallback={<Waiting />}>
          <Switch>
            <Route path="/"><JournalsPage /></Route>
            <Route path="/journals/:id">{({ id }) => <LinesPage key={id} id={Number(id)} />}</Route>
            <Route path="/review"><ReviewPage key="all" /></Route>
            <Route path="/review/journal/:id">{({ id }) => <ReviewPage key={id} journal={Number(id)} />}</Route>
            <Route path="/connect"><ConnectPage /></Route>
            <Route path="/connect/journal/:id">{({ id }) => <ConnectPage journal={Number(id)} />}</Route>
            <Route path="/connect/flow/:id">{({ id }) => <ConnectPage flow={Number(id)} />}</Route>
            <Route path="/connect/renew/:id">{({ id }) => <ConnectPage flow={Number(id)} renewal />}</Route>
            <Route><NotFound /></Route>
          </Switch>
        </Suspense>
      </Shell>
    </LiveProvider>
  );
}

function Waiting() {
  return <Center h="60vh"><Loader size="sm" type="dots" aria-label="…" /></Center>;
}

function NotFound() {
  const { t } = useI18n();
  return (
    <Center h="50vh">
      <Stack align="center">
        <Text>{t.app.notFound}</Text>
        <Anchor component={Link} href="/">{t.app.back}</Anchor>
      </Stack>
    </Center>
  );
}
