package io.github.gracefulboot.shutdown;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.WebApplicationContext;

/**
 * Looks for a servlet container that was there before the application.
 */
final class OnOwnProcessCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnOwnProcess.class);
		if (ClassUtils.isPresent("org.springframework.web.context.WebApplicationContext", context.getClassLoader())
				&& ServletContainer.isHostOf(context.getResourceLoader())) {
			return ConditionOutcome.noMatch(message.because("the application is deployed as a WAR file"));
		}
		return ConditionOutcome.match(message.because("the application is not deployed as a WAR file"));
	}

	/**
	 * Loads Spring Web's classes only where they are.
	 */
	private static final class ServletContainer {

		private static boolean isHostOf(ResourceLoader loader) {
			return loader instanceof WebApplicationContext context && context.getServletContext() != null;
		}

	}

}
