package io.github.gracefulboot.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class that restarts real processes of an application under real load. The
 * {@link Fleet} in its static field with {@link Instances @Instances} is started before
 * its tests; an instance that a test has stopped is started again before the next one;
 * and when the class is done, or fails, or is interrupted, nothing is left running. Tests
 * may have parameters of the types {@link Fleet}, {@link Traffic} and {@link Instance},
 * which is the first one. Each test may take ten minutes. What became of the requests, a
 * timeline and the logs of the instances are published as files of the test.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(ZeroLossExtension.class)
@Tag("zero-loss")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
public @interface ZeroLossTest {

}
