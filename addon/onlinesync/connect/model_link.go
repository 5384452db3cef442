package connect

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/institution"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// linkModel is a connection: one authorisation at one institution through one
// provider.
func (c *Connections) linkModel() orm.Model {
	return mail.Threaded(orm.Model{
		Name: record.Links, Label: "Bank Connection", Order: "name, id",
		Fields: schema.Fields{
			schema.Char("name", "Name").Required(),
			schema.Many2one("institution_id", "Institution", record.Institutions).Readonly(),
			schema.Selection("institution_status", "Institution's Status", record.InstitutionStatuses...).
				RelatedTo("institution_id", "status"),
			schema.Datetime("beta_acknowledged_at", "Beta Acknowledged").Readonly().NotCopied().
				Help("When it was agreed to that there is no technical support for the institution."),
			schema.Many2one("beta_acknowledged_by", "Beta Acknowledged by", "res.users").Readonly().NotCopied(),
			schema.Many2one("provider_id", "Provider", record.Providers).Readonly(),
			schema.Many2one("company_id", "Company", "res.company").Required().Readonly(),
			schema.Char("client_id", "Client ID").Readonly().NotCopied().Help("Tell it to support."),
			schema.One2many("account_online_account_ids", "Online Accounts", record.Accounts, "account_online_link_id"),
			schema.Many2many("journal_ids", "Journals", record.Journals).DependsOn("account_online_account_ids").NotKept(),
			schema.Selection("state", "State", record.LinkStates...).Required().Readonly().DefaultTo(record.StateConnected),
			schema.Selection("attention", "Attention", record.Attentions...).Required().Readonly().DefaultTo(record.AttentionNone),
			schema.Boolean("auto_sync", "Automatic Synchronisation").DefaultTo(true),
			schema.Integer("interval_hours", "Hours between Synchronisations").Help("0: as its provider or the scheduled action says."),
			schema.Datetime("last_refresh", "Last Synchronisation").Readonly().Help("When we last asked the provider."),
			schema.Datetime("last_success", "Last Successful Synchronisation").Readonly(),
			schema.Datetime("provider_refresh", "Bank Data As Of").Readonly().Help("When the provider last heard from the bank."),
			schema.Datetime("next_refresh", "Next Synchronisation").Readonly().Indexed(),
			schema.Datetime("next_refresh_allowed",
				"Refresh Allowed From").Readonly().Help("Before this time the bank may not be asked again."),
			schema.Day("expiring_synchronization_date", "Consent Until").Readonly().Indexed(),
			schema.Day("consent_notice", "Next Notice of the Consent's End").Secret(),
			schema.Integer("consent_told", "Days Before, as Last Told").Secret(), // -1: it is over
			schema.Char("notice_told", "Trouble as Last Told").Secret(),
			schema.Datetime("trouble_since", "Bank Away Since").Secret(),
			schema.Day("history_from", "History From").Readonly().Help("The oldest day that the bank gives."),
			schema.Text("error_message", "Error").Readonly(),
			schema.Char("error_reference", "Error Reference").Readonly().Indexed(),
			schema.Selection("account_kind", "Account Kind", record.Holders...).Readonly().Help("Whose accounts it brings."),
			schema.Selection("no_accounts", "Why No Accounts", record.WhyNoAccounts...).Readonly(),
			schema.One2many("declaration_ids", "Declarations", record.Declarations, "link_id"),
			schema.Boolean("is_legacy", "Legacy").Readonly(),
			schema.Char("uuid", "UUID").Secret(),
			schema.Integer("turn", "Turn").Secret(),       // see run.InTheWay
			schema.Integer("consent", "Consent").Secret(), // how often it was renewed
			schema.Char("external_id", "Provider's ID").Secret().Indexed(),
			schema.Text("secret", "Secret").Secret(),
			schema.Integer("failures", "Failures in a Row").Secret(),
			schema.Integer("runs_gone", "Synchronisations Let Go").Readonly().Help("How many of its runs are not kept any more."),
		},
		Bound: orm.Bound{
			Access:      record.Keepers(),
			Rules:       []orm.Rule{base.CompanyRule("Bank connection: company")},
			Computes:    []orm.Compute{{Fields: []string{"journal_ids"}, Do: journalsOfLinks}},
			Hooks:       orm.Hooks{AfterWrite: c.scheduleChanged},
			Constraints: []orm.Constraint{record.IntervalWithinBounds(record.Links)},
			Methods:     c.linkMethods(),
		},
	})
}

// linkMethods are what clients ask of connections.
func (c *Connections) linkMethods() orm.Methods {
	return orm.Methods{
		"action_new_synchronization": {OnModel: true, Tx: orm.TxRead, Needs: orm.Read, Do: openPicker,
			Doc: "Answers the client action that opens the search for a bank."},
		"action_fetch_transactions": {Needs: orm.Write, Do: c.fetchTransactions,
			Doc: "Queues a synchronisation of each connection. Answers the id of the run (account.online.run), the last " +
				"one's where there are several. One that is under way is answered again."},
		"action_fetch_accounts": {Needs: orm.Write, Tx: orm.TxNone, Do: c.fetchAccounts,
			Doc: "Asks the bank which accounts there are now. Answers the ids of the online accounts. Refused (UserError) " +
				"when the bank asks for its user."},
		"action_update_credentials": {Needs: orm.Write, Tx: orm.TxNone, Do: c.updateCredentials,
			Doc: "Begins a flow in which the user of one connection gives other credentials. " + flowAnswer},
		"action_reconnect": {Needs: orm.Write, Tx: orm.TxNone, Do: c.reconnect,
			Doc: "Begins a flow that renews the consent of one connection. " + flowAnswer},
		"unlink": {Needs: orm.Unlink, Tx: orm.TxNone, Do: c.unlinkLinks,
			Doc: "Ends the consents at the provider and deletes the connections. Answers true. What was imported stays."},
	}
}

// journalsOfLinks lists the journals that the accounts of links feed.
func journalsOfLinks(env *orm.Env, batch *orm.Batch) error {
	beside, err := env.Sudo().SearchRead(record.FurtherConnections, domain.Where("link_id", domain.In, record.IDs(batch.IDs())),
		[]string{"account_id", "link_id"}, orm.SearchOptions{})
	if err != nil {
		return err
	}
	further := map[int64][]int64{}
	var fed []any
	for row := range beside.All() {
		account := row.Ref("account_id")
		further[account] = append(further[account], row.Ref("link_id"))
		fed = append(fed, account)
	}
	rows, err := env.Sudo().SearchRead(record.Journals, domain.Or{
		domain.Where("account_online_account_id.account_online_link_id", domain.In, record.IDs(batch.IDs())),
		domain.Where("account_online_account_id", domain.In, fed)},
		[]string{"account_online_link_id", "account_online_account_id"}, orm.SearchOptions{Archived: true})
	if err != nil {
		return err
	}
	byLink := map[int64][]int64{}
	for row := range rows.All() {
		link := row.Ref("account_online_link_id")
		byLink[link] = append(byLink[link], row.ID())
		for _, link := range further[row.Ref("account_online_account_id")] {
			byLink[link] = append(byLink[link], row.ID())
		}
	}
	for i := range batch.Len() {
		batch.Set(i, "journal_ids", byLink[batch.ID(i)])
	}
	return nil
}

// scheduleChanged lets a new interval, or a switch, count at once.
func (c *Connections) scheduleChanged(env *orm.Env, ids []int64, values orm.Values) error {
	if err := autoSyncToggled(env, ids, values); err != nil {
		return err
	}
	if _, ok := values["interval_hours"]; !ok {
		return nil
	}
	return c.Queue.Reschedule(env.Sudo(), ids)
}

// autoSyncToggled brings a connection back into the schedule when a user
// switches automatic synchronisation on (S31).
func autoSyncToggled(env *orm.Env, ids []int64, values orm.Values) error {
	on, ok := values["auto_sync"].(bool)
	if !ok || !on {
		return nil
	}
	waiting, err := env.Sudo().Search(record.Links, domain.All(domain.Where("id", domain.In, record.IDs(ids)),
		domain.Where("attention", domain.Eq, record.AttentionAutoNotAllowed)), orm.SearchOptions{})
	if err != nil || len(waiting) == 0 {
		return err
	}
	return env.Sudo().Write(record.Links, waiting, orm.Values{"attention": record.AttentionNone, "next_refresh": env.Now()})
}

// openPicker is the action that opens the picker, with what the picker calls (S10).
func openPicker(env *orm.Env, _ *orm.Call) (any, error) {
	return map[string]any{"type": "ir.actions.client", "tag": "girosync_connect_bank", "name": "Add a Bank Account",
		"params": map[string]any{"flow_model": record.Flows, "institution_model": record.Institutions, "pick_method": "pick_institutions",
			"public_page": "/institutions", "add_by_hand": institution.ByHand(env)}}, nil
}
