import { Sparkline } from "@mantine/charts";
import "@mantine/charts/styles.css";
import type { KanbanDashboard } from "./journal";

/** The balance's way, without axes; a chunk of its own since it brings the chart library. */
export default function BalanceSparkline({ history }: { history: KanbanDashboard["history"] }) {
  return (
    <Sparkline h={44} data={shape(history.map((point) => point.balance))} curveType="monotone" color="pine.6"
      fillOpacity={0.18} strokeWidth={1.6} />
  );
}

/** Lifted off the lowest balance, so that small moves of a large balance are seen too. */
function shape(balances: number[]): number[] {
  const lowest = Math.min(...balances);
  const span = Math.max(...balances) - lowest || 1;
  return balances.map((balance) => (balance - lowest) / span + 0.15);
}
