package io.github.gracefulboot.supervisor;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

/**
 * Matches when a property is set, most often a variable of the environment, by which a
 * supervisor is recognized. Ahead-of-time processing, which happens on another machine,
 * takes every supervisor along: bean methods then return {@code null} where the property
 * is missing at the start.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnSupervisorCondition.class)
public @interface ConditionalOnSupervisor {

	/**
	 * Returns the names of the properties, one of which there has to be.
	 * @return the names
	 */
	String[] value();

}
