/**
 * A file that exists exactly while the application is ready.
 */
@NullMarked
package io.github.gracefulboot.supervisor.file;

import org.jspecify.annotations.NullMarked;
