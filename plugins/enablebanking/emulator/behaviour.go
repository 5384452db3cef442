package emulator

// Behaviour is what the service may do in different ways, by its JSON names.
type Behaviour struct {
	// PageSize is how many transactions a page has.
	PageSize int `json:"page_size"`
	// Down are banks, as COUNTRY:NAME, that do not answer.
	Down []string `json:"down"`
	// PerDay is how often a day each account may be asked for each kind of data
	// without its user, at every bank; 0 leaves it to the bank.
	PerDay int `json:"per_day"`
	// Hint: a bank that refuses a period names the first day that it takes.
	Hint bool `json:"hint"`
	// Action: the banks want their users to do something first.
	Action bool `json:"action"`
	// Inactive: the application may not do anything.
	Inactive bool `json:"inactive"`
	// Redirects are the addresses that users may be sent back to; none is any.
	Redirects []string `json:"redirects"`
	// LostKeys is how many continuation keys are refused from now on.
	LostKeys int `json:"lost_keys"`
	// NoBalances: the banks do not tell balances.
	NoBalances bool `json:"no_balances"`
}

func standard() Behaviour {
	return Behaviour{PageSize: 40, Down: []string{"LT:Pavyzdinis Bankas"}}
}
