package io.github.gracefulboot.supervisor;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Looks for the property by which a supervisor is recognized.
 */
final class OnSupervisorCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		String[] properties = metadata.getAnnotations().get(ConditionalOnSupervisor.class).getStringArray("value");
		ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnSupervisor.class);
		if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
			return ConditionOutcome.match(message.because("the start decides by " + String.join(", ", properties)));
		}
		for (String property : properties) {
			if (context.getEnvironment().containsProperty(property)) {
				return ConditionOutcome.match(message.foundExactly(property));
			}
		}
		return ConditionOutcome.noMatch(message.didNotFind("property", "properties").items((Object[]) properties));
	}

}
