package server

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/girosync/girosync/plugins/host"
)

// pluginCalls counts and times the calls of plugins.
type pluginCalls struct {
	total    *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

func newPluginCalls() *pluginCalls {
	return &pluginCalls{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "girosync_plugin_calls_total", Help: "Calls of plugins that ended, by method and outcome."},
			[]string{"plugin", "method", "outcome"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "girosync_plugin_call_seconds", Help: "Time that calls of plugins took, by method.",
			Buckets: []float64{.001, .005, .025, .1, .5, 1, 5, 15, 60, 300}}, []string{"plugin", "method"}),
	}
}

func (p *pluginCalls) count(c host.Call) {
	p.total.WithLabelValues(c.Provider, c.Method, c.Outcome).Inc()
	p.duration.WithLabelValues(c.Provider, c.Method).Observe(c.Took.Seconds())
}

// pluginStates tells each plugin's state, its memory, and how often it was
// started after a crash.
type pluginStates func() []host.Info

var (
	pluginState = prometheus.NewDesc("girosync_plugin_state", "1 for the state that a plugin is in.", []string{"plugin", "state"}, nil)

	pluginMemory = prometheus.NewDesc("girosync_plugin_memory_bytes",
		"Memory that a running plugin and its children hold, shared pages included.", []string{"plugin"}, nil)

	pluginRestarts = prometheus.NewDesc("girosync_plugin_restarts_total", "Starts of a plugin after a crash.", []string{"plugin"}, nil)
)

func (p pluginStates) Describe(out chan<- *prometheus.Desc) {
	out <- pluginState
	out <- pluginMemory
	out <- pluginRestarts
}

func (p pluginStates) Collect(out chan<- prometheus.Metric) {
	for _, info := range p() {
		out <- prometheus.MustNewConstMetric(pluginState, prometheus.GaugeValue, 1, info.Name, info.State)
		out <- prometheus.MustNewConstMetric(pluginRestarts, prometheus.CounterValue, float64(info.Restarts), info.Name)
		if info.PID != 0 {
			out <- prometheus.MustNewConstMetric(pluginMemory, prometheus.GaugeValue, float64(info.Memory), info.Name)
		}
	}
}
