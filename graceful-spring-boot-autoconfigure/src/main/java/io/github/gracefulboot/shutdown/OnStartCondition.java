package io.github.gracefulboot.shutdown;

import java.util.List;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Looks for the properties that tell under what the process was started.
 */
final class OnStartCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		String[] properties = metadata.getAnnotations().get(ConditionalOnStart.class).getStringArray("value");
		return outcome(List.of(properties), context.getEnvironment());
	}

	static ConditionOutcome outcome(List<String> properties, Environment environment) {
		ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnStart.class);
		if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
			return ConditionOutcome.match(message.because("the start decides by " + String.join(", ", properties)));
		}
		for (String property : properties) {
			if (environment.containsProperty(property)) {
				return ConditionOutcome.match(message.foundExactly(property));
			}
		}
		return ConditionOutcome.noMatch(message.didNotFind("property", "properties").items(properties));
	}

}
