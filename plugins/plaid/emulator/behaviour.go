package emulator

// Behaviour is what the service may do in different ways, by its JSON names.
type Behaviour struct {
	// PageSize is how many transactions a page has at most; 0 leaves it to who asks.
	PageSize int `json:"page_size"`
	// PerMinute is how often in a minute each item may be asked for each kind of data,
	// and institutions; 0 is not limited.
	PerMinute int `json:"per_minute"`
	// RetryAfter is the header of that name with a limit; "" for none.
	RetryAfter string `json:"retry_after"`
	// Down are institutions that do not answer.
	Down []string `json:"down"`
	// Mutations is how many further pages, from now on, find that the list has changed
	// while it was read.
	Mutations int `json:"mutations"`
	// ReadyAfter and HistoryAfter are how many seconds after an item was made its
	// transactions of the last 30 days are there, and those before.
	ReadyAfter   int `json:"ready_after"`
	HistoryAfter int `json:"history_after"`
	// NoRefresh: transactions cannot be refreshed, as at some banks.
	NoRefresh bool `json:"no_refresh"`
	// NoBalances: accounts are not told with transactions.
	NoBalances bool `json:"no_balances"`
	// Fillers is how many further institutions there are.
	Fillers int `json:"fillers"`
}
