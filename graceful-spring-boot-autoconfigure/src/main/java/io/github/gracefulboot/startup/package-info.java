/**
 * The core of a start: what has to be reachable before the application listens, what is
 * done before it says that it is ready, and how long all of it may take. Imports no
 * concern. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.startup;

import org.jspecify.annotations.NullMarked;
