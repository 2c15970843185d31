package org.springframework.boot.devtools.restart.classloader;

/**
 * Has the name of the one that devtools load an application with that they restart.
 */
public class RestartClassLoader extends ClassLoader {

}
