/**
 * Waits for work that no bean knows, such as that of the JVM's common pool, and finds
 * threads of the application that would die at work. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.background;

import org.jspecify.annotations.NullMarked;
