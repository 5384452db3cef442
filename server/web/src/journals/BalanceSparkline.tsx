import { Sparkline } from "@mantine/charts";
import "@mantine/charts/styles.css";
import type { KanbanDashboard } from "./journal";

/** The balance's way, without axes; a chunk of its own since it brings the chart library. */
export default function BalanceSparkline({ history }: { history: KanbanDashboard["history"] }) {
  return (
    <Sparkline h={44} data={history.map((point) => point.balance)} curveType="monotone" color="pine.6"
      fillOpacity={0.18} strokeWidth={1.6} />
  );
}
