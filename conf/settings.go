package conf

import (
	"time"
)

// settings is every key but the providers', and what it accepts.
// A new key is a field of [Config], a line here, and its words in
// girosync.example.toml; the tests compare the three.
func (c *Config) settings() []setting {
	return append([]setting{
		address("server.listen", &c.Server.Listen),
		path("server.data_dir", "a folder", &c.Server.DataDir),
		link("server.public_url", `a URL such as "https://bank.example.com"`, &c.Server.PublicURL, "http", "https"),
		each("server.trusted_proxies", `networks such as "10.0.0.0/8" or addresses`, &c.Server.TrustedProxies, prefix),
		each("server.allowed_origins", `origins such as "https://erp.example.com"`, &c.Server.AllowedOrigins, origin),
		flag("server.any_origin", &c.Server.AnyOrigin),
		date("server.deprecated_on", &c.Server.DeprecatedOn),

		hide(databaseURL("database.url", &c.Database.URL)),
		secretFile("database.url_file", &c.Database.URL, parseDatabaseURL),
		flag("database.list", &c.Database.List),
		secretPath("database.master_password_file", &c.Database.MasterPasswordFile),
		duration("database.change_time", &c.Database.ChangeTime, time.Second, 7*day),

		size("limits.body_size", &c.Limits.BodySize, 1<<10, 1<<30),
		count("limits.nesting_depth", &c.Limits.NestingDepth, 10, 10_000),
		count("limits.domain_size", &c.Limits.DomainSize, 10, 1_000_000),
		count("limits.ids_per_call", &c.Limits.IDsPerCall, 1, 10_000_000),
		count("limits.records_per_answer", &c.Limits.RecordsPerAnswer, 1, 10_000_000),
		count("limits.values_per_request", &c.Limits.ValuesPerRequest, 100, 100_000_000),
		size("limits.answer_size", &c.Limits.AnswerSize, 1<<10, 1<<30),
		size("limits.unknown_size", &c.Limits.UnknownSize, 1<<10, 1<<30),
		count("limits.unknown_calls", &c.Limits.UnknownCalls, 2, 100_000),
		duration("limits.call_time", &c.Limits.CallTime, time.Second, time.Hour),
		count("limits.concurrent_calls", &c.Limits.ConcurrentCalls, 1, 100_000),

		duration("session.lifetime", &c.Session.Lifetime, time.Minute, 365*day),

		count("login.failures", &c.Login.Failures, 1, 1_000_000),
		count("login.failures_per_address", &c.Login.FailuresPerAddress, 1, 1_000_000),
		count("login.failures_per_user", &c.Login.FailuresPerUser, 1, 1_000_000),
		duration("login.lock_time", &c.Login.LockTime, time.Second, day),
		duration("login.longest_lock", &c.Login.LongestLock, time.Second, day),

		count("passwords.min_length", &c.Passwords.MinLength, 1, 1000),
		size("passwords.hash_memory", &c.Passwords.HashMemory, 64<<10, 1<<30),
		count("passwords.hash_passes", &c.Passwords.HashPasses, 1, 100),

		duration("retention.bus", &c.Retention.Bus, time.Minute, 365*day),
		duration("retention.run", &c.Retention.Run, day, 36_500*day),
		duration("retention.raw", &c.Retention.Raw, day, 36_500*day),

		duration("sync.interval", &c.Sync.Interval, time.Minute, 30*day),
		duration("sync.spread", &c.Sync.Spread, time.Second, 12*time.Hour),
		count("sync.look_back_days", &c.Sync.LookBackDays, 0, 3650),
		count("sync.chunk", &c.Sync.Chunk, 100, 20_000),
		size("sync.keep_files", &c.Sync.KeepFiles, 1<<10, 1<<30),
		duration("sync.lease", &c.Sync.Lease, time.Second, time.Hour),

		path("plugins.dir", "a folder", &c.Plugins.Dir),
		path("plugins.trusted_file", "a file", &c.Plugins.TrustedFile),
		duration("plugins.idle_time", &c.Plugins.IdleTime, time.Second, 365*day),
		duration("plugins.start_time", &c.Plugins.StartTime, time.Second, 10*time.Minute),
		duration("plugins.call_time", &c.Plugins.CallTime, time.Second, time.Hour),
		size("plugins.memory", &c.Plugins.Memory, 32<<20, 1<<40),
		count("plugins.nice", &c.Plugins.Nice, 0, 19),
		path("plugins.user", "a user of the system", &c.Plugins.User),
		hide(link("plugins.proxy", `a URL such as "http://proxy.example.com:3128"`, &c.Plugins.Proxy, "http", "https", "socks5")),
		file("plugins.ca_file", "the name of a file that can be read", &c.Plugins.CAFile),
		flag("plugins.demo", &c.Plugins.Demo),
		each("plugins.feedback", `names of providers such as "plaid"`, &c.Plugins.Feedback, provider),

		path("secrets.key_set_file", "a file", &c.Secrets.KeySetFile),

		level("log.level", &c.Log.Level),
		choice("log.format", &c.Log.Format, "text", "json"),
	}, c.outgoing()...)
}

// outgoing is what the host itself sends to others.
func (c *Config) outgoing() []setting {
	return []setting{
		word("mail.host", "the name of a server", &c.Mail.Host),
		count("mail.port", &c.Mail.Port, 0, 65535),
		choice("mail.security", &c.Mail.Security, "starttls", "tls", "none"),
		word("mail.user", "a user of the server", &c.Mail.User),
		secretPath("mail.password_file", &c.Mail.PasswordFile),
		mailbox("mail.from", &c.Mail.From),
		duration("mail.send_time", &c.Mail.SendTime, time.Second, 10*time.Minute),
		file("mail.ca_file", "the name of a file that can be read", &c.Mail.CAFile),

		each("hooks.networks", `networks such as "10.0.0.0/8" or addresses`, &c.Hooks.Networks, prefix),
		flag("hooks.plain", &c.Hooks.Plain),
		duration("hooks.send_time", &c.Hooks.SendTime, time.Second, 5*time.Minute),
		file("hooks.ca_file", "the name of a file that can be read", &c.Hooks.CAFile),
	}
}
