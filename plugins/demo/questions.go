package demo

import (
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// businessContract is the contract whose accounts are a company's.
const businessContract = "company"

// channelStep asks by which way a code is to come.
func channelStep(language string) sdk.Step {
	return choice(say(language, textChannelTitle), say(language, textChannel), sdk.Field{
		Name: "channel", Label: say(language, textChannelLabel), Default: "sms",
		Choices: []sdk.Choice{{Value: "sms", Label: say(language, textBySMS)}, {Value: "email", Label: say(language, textByEmail)},
			{Value: "token", Label: say(language, textByToken)}},
	})
}

// contractStep asks which of the customer's contracts is meant.
func contractStep(language string) sdk.Step {
	return choice(say(language, textContractTitle), say(language, textContract), sdk.Field{
		Name: "contract", Label: say(language, textContractLabel), Default: "private",
		Choices: []sdk.Choice{{Value: "private", Label: say(language, textPrivate)},
			{Value: businessContract, Label: say(language, textCompany)}, {Value: "club", Label: say(language, textClub)}},
	})
}

func choice(title, words string, field sdk.Field) sdk.Step {
	field.Kind, field.Required = sdk.ChoiceField, true
	return sdk.Step{Kind: sdk.StepForm, Title: title, Text: words, Fields: []sdk.Field{field}}
}

// chosen is the answer to a choice; BadRequest when it is none of it.
func chosen(step sdk.Step, values map[string]string, language string) (string, error) {
	field := step.Fields[0]
	for _, c := range field.Choices {
		if c.Value == values[field.Name] {
			return c.Value, nil
		}
	}
	return "", sdk.FieldErrorf(field.Name, "%s", say(language, textNoChoice))
}

func (f flow) channelChosen(req sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	channel, err := chosen(channelStep(req.Language), req.Values, req.Language)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	how := map[string]text{"sms": textCodeSMS, "email": textCodeEmail, "token": textCodeToken}[channel]
	return f.ask(atCode, codeStep(req.Language, how))
}

func (f flow) contractChosen(req sdk.ContinueConnectRequest, b bank) (sdk.ConnectAnswer, error) {
	contract, err := chosen(contractStep(req.Language), req.Values, req.Language)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	f.Secret.Contract = contract
	return f.admit(req.Call, b)
}

// pictureStep waits for a picture at URL to be read by the bank's app.
func pictureStep(language string, b bank) sdk.Step {
	step := waitStep(language)
	step.Title, step.Text, step.URL = say(language, textPictureTitle), say(language, textPicture), b.Website+"/approve"
	return step
}

// questions are what some banks ask of a company and of whoever acts for it.
func questions(language string) []sdk.Field {
	return []sdk.Field{
		{Name: "company_number", Label: say(language, textCompanyNumber), Kind: sdk.TextField, Required: true,
			Help: say(language, textCompanyNumberHelp)},
		{Name: "birth_date", Label: say(language, textBirthDate), Kind: sdk.TextField, Required: true,
			Help: say(language, textBirthDateHelp)},
	}
}

// answered checks the answers to questions. None of them is kept.
func answered(req sdk.ContinueConnectRequest) error {
	number := strings.NewReplacer(" ", "", ".", "").Replace(req.Values["company_number"])
	if len(number) < 8 || len(number) > 10 || strings.Trim(number, "0123456789") != "" {
		return sdk.FieldErrorf("company_number", "%s", say(req.Language, textCompanyNumberHelp))
	}
	born, err := time.Parse(time.DateOnly, strings.TrimSpace(req.Values["birth_date"]))
	if err != nil || born.After(req.Now.AddDate(-18, 0, 0)) {
		return sdk.FieldErrorf("birth_date", "%s", say(req.Language, textBirthDateHelp))
	}
	return nil
}
