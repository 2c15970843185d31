/**
 * Support for a file that exists only while the application is ready. Internal, and
 * subject to change.
 */
@NullMarked
package io.github.gracefulboot.supervisor.file;

import org.jspecify.annotations.NullMarked;
