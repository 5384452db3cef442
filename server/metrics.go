package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/girosync/girosync/plugins/host"
)

// metrics are what an administrator's monitoring reads from /metrics.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

// newMetrics measures a host: how many sockets are open, why it is not ready ("" when
// it is), its plugins and their calls, and which databases are damaged.
func newMetrics(sockets func() int, ready func(ctx context.Context) string, plugins func() []host.Info, calls *pluginCalls,
	damaged func(ctx context.Context) (map[string]bool, error)) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "girosync_http_requests_total", Help: "Requests answered, by door and status."}, []string{"door", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "girosync_http_request_seconds", Help: "Time to answer, by door.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5, 30}}, []string{"door"}),
	}
	m.registry.MustRegister(m.requests, m.duration,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "girosync_sockets", Help: "Open sockets of the bus."},
			func() float64 { return float64(sockets()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "girosync_ready", Help: "1 when /readyz answers 200."},
			func() float64 {
				if ready(context.Background()) == "" {
					return 1
				}
				return 0
			}),
		pluginStates(plugins), calls.total, calls.duration, damages(damaged))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// door is a path's first part, or two below /web: a bounded set of labels.
func door(path string) string {
	switch first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/"); first {
	case "jsonrpc", "websocket", "institutions", "connect", "healthz", "readyz", "metrics", "json", "xmlrpc", "rpc", "webhook":
		return first
	case "web":
		return "web"
	}
	return "dashboard"
}

// counting counts and times every request but sockets, which last.
func (m *metrics) counting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/websocket" || r.URL.Path == "/rpc" {
			next.ServeHTTP(w, r)
			return
		}
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		began := time.Now()
		next.ServeHTTP(seen, r)
		name := door(r.URL.Path)
		m.duration.WithLabelValues(name).Observe(time.Since(began).Seconds())
		m.requests.WithLabelValues(name, strconv.Itoa(seen.status)).Inc()
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the real writer.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// damages tells of each database whether its last check found damage.
type damages func(ctx context.Context) (map[string]bool, error)

var databaseDamaged = prometheus.NewDesc("girosync_database_damaged",
	"1 when the last daily check found damaged pages in the database.", []string{"database"}, nil)

func (d damages) Describe(out chan<- *prometheus.Desc) { out <- databaseDamaged }

func (d damages) Collect(out chan<- prometheus.Metric) {
	found, err := d(context.Background())
	if err != nil {
		return // girosync_ready says that the system store is away
	}
	for name, damaged := range found {
		value := 0.0
		if damaged {
			value = 1
		}
		out <- prometheus.MustNewConstMetric(databaseDamaged, prometheus.GaugeValue, value, name)
	}
}
