package io.github.gracefulboot.shutdown;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

/**
 * Matches when the process is the application's own, and not a servlet container's to
 * which it was deployed as a WAR. Unlike Spring Boot's {@code NotWarDeployment} condition
 * it can be asked in an application without Spring Web.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnOwnProcessCondition.class)
public @interface ConditionalOnOwnProcess {

}
