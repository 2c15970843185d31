package io.github.gracefulboot.shutdown;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

/**
 * Matches when one of the properties is there that tell under what the process was
 * started, and wherever an application is processed ahead of time, since what is there
 * then says nothing of where it runs: the beans have to look again.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnStartCondition.class)
public @interface ConditionalOnStart {

	/**
	 * Returns the names of the properties.
	 * @return the names, of which one has to be there
	 */
	String[] value();

}
