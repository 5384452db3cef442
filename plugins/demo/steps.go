package demo

import (
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

func formStep(language string, b bank, user string) sdk.Step {
	step := sdk.Step{
		Kind:  sdk.StepForm,
		Title: b.Name,
		Text:  say(language, textForm),
		Fields: []sdk.Field{
			{Name: "user", Label: say(language, textUser), Kind: sdk.TextField, Required: true, Default: user},
			{Name: "password", Label: say(language, textPassword), Kind: sdk.SecretField, Required: true},
		},
	}
	if b.way == byQuestions {
		step.Fields = append(step.Fields, questions(language)...)
	}
	if b.trait == slow {
		step.Fields = append(step.Fields, sdk.Field{Name: "delay_ms", Label: say(language, textDelay),
			Kind: sdk.TextField, Required: true, Default: "200"})
	}
	return step
}

// codeStep asks for a code; how says by which way it came.
func codeStep(language string, how text) sdk.Step {
	return sdk.Step{
		Kind:  sdk.StepForm,
		Title: say(language, textCodeTitle),
		Text:  say(language, how),
		Fields: []sdk.Field{
			{Name: "code", Label: say(language, textCodeLabel), Kind: sdk.OTPField, Required: true},
		},
	}
}

func waitStep(language string) sdk.Step {
	return sdk.Step{
		Kind:      sdk.StepWait,
		Title:     say(language, textWaitTitle),
		Text:      say(language, textWait),
		PollAfter: 2 * time.Second,
	}
}
