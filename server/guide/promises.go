package guide

// Promise is something that users were told.
type Promise struct {
	ID   string // S and a number: by the guide; D and a number: by the pages around it
	Text string
}

// Promises are those about a connection's life, in the order of their ids. Some of
// the guide's are about the service between host and banks, which is not built yet;
// they are left out.
func Promises() []Promise {
	return []Promise{
		{"S01", "What banks post comes into the books by itself, each transaction once"},
		{"S02", "Anybody can look up whether a bank is supported, without a login"},
		{"S03", "More than 20,000 institutions can be searched, fast, with a true count"},
		{"S04", "Several providers work side by side; institution and connection name theirs"},
		{"S10", "Add a Bank Account opens the picker"},
		{"S11", "The dashboard asks for a first bank until there is one"},
		{"S12", "A bank is found by its name, whatever the case and accents, and by country, page by page"},
		{"S13", "Connecting goes step by step and can be resumed; a wrong or used return is refused"},
		{"S14", "A window that never comes back ends the flow and says that pop-ups may be blocked"},
		{"S18", "A provider may ask for anything further while connecting"},
		{"S19", "What is typed there is stored nowhere"},
		{"S20", "Lines of one period share a statement"},
		{"S21", "A statement covers a month, where nothing else is chosen"},
		{"S22", "The period can be chosen for each journal"},
		{"S23", "All connections are listed, ended ones too"},
		{"S24", "Choosing an account makes a journal, or takes one that exists"},
		{"S25", "Connections are synchronised every twelve hours, or as often as is set"},
		{"S26", "Synchronize Now fetches for a journal, and the progress is pushed"},
		{"S27", "Fetch Transactions fetches for all accounts of a connection"},
		{"S28", "A bank that forbids it is not fetched from automatically"},
		{"S29", "It then says once that automatic synchronisation should be switched off"},
		{"S30", "That is said in the chatter of the connection, with a reference"},
		{"S31", "Without automatic synchronisation both buttons still fetch"},
		{"S32", "A failure has a description and a reference that leads to it"},
		{"S33", "Reconnect restores the same connection, without doubles"},
		{"S45", "How old the bank's own data is stands apart from when it was last asked"},
		{"S46", "Synchronize Now asks the provider to refresh, and then fetches"},
		{"S47", "Fetch Transactions does the same"},
		{"S48", "Where a bank allows one refresh a day, a second press says when the next is possible"},
		{"S49", "What is pending makes no line"},
		{"S50", "What was pending becomes one line once it is posted, under whatever id"},
		{"S54", "A beta bank is marked, in the picker and on its connection"},
		{"S55", "Errors and the support bundle of a beta connection say that it is not supported"},
		{"S56", "A beta bank can be connected by whoever says that he knows"},
		{"S57", "A plugin's author gets feedback only where it is switched on, as counters alone"},
		{"S58", "A bank that wants a code is waited for: the run is parked, and people are told"},
		{"S59", "While a code is asked for the bank is left alone; one that expired can be asked for again"},
		{"S60", "What a bank's history no longer reaches is said, and a file can fill it"},
		{"S61", "Of the accounts of a bank only the chosen ones feed journals"},
		{"S62", "Fetch Accounts lists the others, and new ones"},
		{"S63", "That there is nothing new is a success"},
		{"S64", "One call makes a bundle for support, without secrets"},
		{"S65", "Update Credentials renews the access of the same connection"},
		{"D02", "What a provider reaches, costs and keeps can be read before choosing it"},
		{"D03", "The kind of account is checked and stays on the connection; a bank's other providers can be chosen"},
		{"D04", "An account of a bank that is not listed is added by hand"},
		{"D08", "What a renewal would drop is said before"},
		{"D09", "A consent's end is known, and announced in time"},
		{"D10", "A list without accounts explains itself"},
		{"D11", "Deleting ends the consent first; the same login again is offered as an update"},
		{"D12", "What must be prepared at the bank is shown, and declarations are recorded"},
	}
}
