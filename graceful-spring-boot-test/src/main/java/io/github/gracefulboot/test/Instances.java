package io.github.gracefulboot.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The static field of a {@link ZeroLossTest} that has its {@link Fleet}. A field without
 * a value gets {@link Fleet#ofPackagedApp()}. A class may have more than one: tests get
 * their parameters from the first, in the order of the fields' names.
 */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Instances {

}
