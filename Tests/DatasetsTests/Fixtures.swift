import Foundation

/// Small files made with Pillow 13.0.0, and the pixels that Pillow reads from them.
enum Fixtures {
  /// 13 x 9, RGB.
  static let colorPNG = decoded(
    """
    iVBORw0KGgoAAAANSUhEUgAAAA0AAAAJCAIAAABmGDE9AAAAmElEQVR42mNkYGAQJgKxMMgwMDCwE0RwdXxF014qr6\
    q7fLH84vsoBgY+NMTIEMIgzCAqzCD6/LNFq+L+yhmv00OKICLICGGeZP850YPStuxKDIxaDAwyaAihTrjXcCmDsris\
    MgMDMnKDMBDqGBhEGRhkGBiUGRi0GBi0GBgsYAwtBgYtXOoM0RBWdRYMDIYMDBYw5MvAYAEA2oceUEFNLzUAAAAASU\
    VORK5CYII=
    """)
  /// The pixels of ``colorPNG`` as RGB (3, H, W).
  static let colorPNGRGB = decoded(
    """
    ABMmOUxfcoWYq77R5AATJjlMX3KFmKu+0eQAEyarzqFyhZirvtHkABMmDZILcoWYq77R5AATJianSHKFmKu+0eQAEy\
    Y5TF9yhZirvtHkABMmOUxfcoWYq77R5AATJjlMX3KFmKu+0eQAEyY5TF9yhZirvtHkAAAAAAAAAAAAAAAAABwcHBwc\
    HBwcHBwcHBw4ODjOeEk4ODg4ODg4VFRUR2gAVFRUVFRUVHBwcP/Ab3BwcHBwcHCMjIyMjIyMjIyMjIyMqKioqKioqK\
    ioqKioqMTExMTExMTExMTExMTg4ODg4ODg4ODg4ODgAAAAAAAAAAAAAAAAAAAHDhUcIyoxOD9GTVQADhwFg/pUYnB+\
    jJqoABUqYiEMfpOovdLn/AAcODA8Q6jE4PwYNFAAI0ZpjK/S9Rg7XoGkACpUfqjS/CZQeqTO+AAxYpPE9SZXiLnqG0\
    wAOHCo4BhQiMD4MGig
    """)
  /// The pixels of ``colorPNG`` as gray.
  static let colorGray = decoded(
    """
    AAYLERccIigtMzk+RBAXHSQqMTc+REtRWF4hKC+tk3dNVFtianF4MTlBOWwFYmpyeoKKkkJLU6epXneAiZJ9ho9SXG\
    ZveYOMloKMlp+pY214goyXoY+ZpK65w3N+ipWgq5mlsLvHtcCDkJyotKOvu8fTws7a
    """)
  /// ``colorPNG`` with its shorter side at 6: 8 x 6.
  static let colorResized = decoded(
    """
    CCVEYoKgv9wIMYV9gqC/3AghYVaCoL/cCCRPY4Kgv9wIJURigqC/3AglRGKCoL/cCwsLCwsLCwsyQmY4MjIyMlpmhU\
    laWlpaho+nioaGhoaurq6urq6urtbW1tbW1tbWAQUJDhIWGh4FFT52VWl9kAotPFCbu56wDj9pnLp3YYMSVZ3GbnCh\
    oxZptG9uvYFr
    """)
  /// The central 5 x 5 of it.
  static let colorCropped = decoded(
    """
    RGKCoL+FfYKgv2FWgqC/T2OCoL9EYoKgvwsLCwsLZjgyMjKFSVpaWqeKhoaGrq6urq4JDhIWGj52VWl9PFCbu55pnL\
    p3YZ3GbnCh
    """)
  /// ``colorPNG`` at 20 x 15.
  static let colorEnlarged = decoded(
    """
    AAkVIi46R1NfbHiFkZ2qtsLP2+QACRUiLjpHU19seIWRnaq2ws/b5AAJFSIuOkdTX2x4hZGdqrbCz9vkAAkVIkuAkp\
    OGeXiFkZ2qtsLP2+QACRUiUZCzqoN3eIWRnaq2ws/b5AAJFSIpNX5yK1t4hZGdqrbCz9vkAAkVIh8hdm0mWXiFkZ2q\
    tsLP2+QACRUiJjCEg0lkeIWRnaq2ws/b5AAJFSIrNl9mVml4hZGdqrbCz9vkAAkVIi46R1NfbHiFkZ2qtsLP2+QACR\
    UiLjpHU19seIWRnaq2ws/b5AAJFSIuOkdTX2x4hZGdqrbCz9vkAAkVIi46R1NfbHiFkZ2qtsLP2+QACRUiLjpHU19s\
    eIWRnaq2ws/b5AAJFSIuOkdTX2x4hZGdqrbCz9vkAAAAAAAAAAAAAAAAAAAAAAAAAAALCwsLCwsLCwsLCwsLCwsLCw\
    sLCxwcHBwcHBwcHBwcHBwcHBwcHBwcLS0tLVODYkg3MC0tLS0tLS0tLS0+Pj4+cK+GXzs9Pj4+Pj4+Pj4+Pk5OTk5W\
    YmlIEDpOTk5OTk5OTk5OX19fX3SQjWguT19fX19fX19fX19wcHBwrfrRom9wcHBwcHBwcHBwcIGBgYGZuKiVgIGBgY\
    GBgYGBgYGBkpKSkpKSkpKSkpKSkpKSkpKSkpKioqKioqKioqKioqKioqKioqKiorOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Oz\
    xMTExMTExMTExMTExMTExMTExMTV1dXV1dXV1dXV1dXV1dXV1dXV1eDg4ODg4ODg4ODg4ODg4ODg4ODgAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAQMFBwkKDA4QEhQVFxkbHR4gIgADCAwRFhofIygsMTU6PkNITFFUAAUNFBIRRHaiY0dOVV1k\
    a3N6gYYACBIbHB5XksiAYmx2gImTnaexuQAJFiM4TTw3PWN8iJWir7zJ1eLrAAsbKj1LNSgla5emtsXUqY2crLcADS\
    AyNTE5P0aHscPW6Pp5HjFDUAAPJDlIVGV1hq3L4JZxhmBJX3OCABIpQVhwh5+3z9XMYi5FXHSMo7UAEy1IY32Xsszm\
    vlNJUGqFn7rU5wAVMlBtiqfE37mDPFZzkK2zjp6zABc3V3eXt9bwaTZWdpW11bs1NUwAGTxegaTHr29PUHOWuNulb0\
    9lfgAbP2OIrNGVGT5ih6vP9IU9YYWg
    """)
  /// 7 x 5 with 4-bit palette.
  static let palettePNG = decoded(
    """
    iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFBAMAAAB7tOvrAAAAG1BMVEWSwT0rcD9dYEMKVAs6PU9fDhI5DgsTHAcRAA\
    P0ZMkYAAAAIklEQVR4nGPs+Hf/Ncv7/x8YGMwLmBQYjR+K/GBi+HOLAQCcNQr2OMCixAAAAABJRU5ErkJggg==
    """)
  /// The pixels of ``palettePNG`` as RGB (3, H, W).
  static let palettePNGRGB = decoded(
    """
    EREROTlfXxMTEzlfX18KExOSkl1dCgorOl0RXQoKK5KSXV0AAAAODg4OHBwcDg4ODlQcHMHBYGBUVHA9YABgVFRwwc\
    FgYAMDAwsLEhIHBwcLEhISCwcHPT1DQwsLP09DA0MLCz89PUND
    """)
  /// 7 x 5, RGBA.
  static let alphaPNG = decoded(
    """
    iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAYAAACJmvbYAAAAYElEQVR4nGNkYGBgEGZgEMaGWRhkGBgYGNixYiRJPo\
    aiaS+LlFfVKV++WH754vuoi0wMMgwMDDLsDAwyfAxJlbFJRz7MO5K1XSiLQUYLVadk/zlJ0YPSorbsSrYMjFoMAGKa\
    FaU4hWGUAAAAAElFTkSuQmCC
    """)
  /// The pixels of ``alphaPNG`` as RGB (3, H, W).
  static let alphaPNGRGB = decoded(
    """
    ABMmOUxfcgATJjlMX3IAEyarzqFyABMmDZILcgATJianSHIAAAAAAAAAHBwcHBwcHDg4OM54SThUVFRHaABUcHBw/8\
    BvcAAAAAAAAAAABw4VHCMqAA4cBYP6VAAVKmIhDH4AHDgwPEOo
    """)
  /// 7 x 5, one bit.
  static let bitPNG = decoded(
    """
    iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFAQAAAACh4ct1AAAAEklEQVR4nGNgYGBgkGFSYfoFAAIIAT/v7bvwAAAAAE\
    lFTkSuQmCC
    """)
  /// The pixels of ``bitPNG`` as RGB (3, H, W).
  static let bitPNGRGB = decoded(
    """
    AAAAAAAAAAAAAAAAAAAAAAD///8AAP8AAAAAAAAA////AP8AAAAAAAAAAAAAAAAAAAAAAP///wAA/wAAAAAAAAD///\
    8A/wAAAAAAAAAAAAAAAAAAAAAA////AAD/AAAAAAAAAP///wD/
    """)
  /// 13 x 9, chroma at half resolution.
  static let colorJPEG = decoded(
    """
    /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAUDBAQEAwUEBAQFBQUGBwwIBwcHBw8LCwkMEQ8SEhEPERETFhwXExQaFR\
    ERGCEYGh0dHx8fExciJCIeJBweHx7/2wBDAQUFBQcGBw4ICA4eFBEUHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4e\
    Hh4eHh4eHh4eHh4eHh4eHh4eHh4eHh7/wAARCAAJAA0DASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAABgf/xA\
    ApEAABAQUECwAAAAAAAAAAAAABAgMEERIhAAUGBxMUMTRCQ3OBgrGy/8QAFQEBAQAAAAAAAAAAAAAAAAAABAb/xAAh\
    EQABAgYCAwAAAAAAAAAAAAABAhEAAwUGIUESEzJhcf/aAAwDAQACEQMRAD8AB4Syvdl3ShKnJiGwbzLaqZrKtHLsBC\
    5YzQ4DSNaiFDufK131arikCAInUEk9rMcLbk79QejamXZzPH5Fp5FVXLkSyEgks5IBfklStg4DffbYgNi3jUevy1H/\
    2Q==
    """)
  /// The pixels of ``colorJPEG`` as RGB (3, H, W).
  static let colorJPEGRGB = decoded(
    """
    AQgaM0ZPYHGDmq/D0wgQKTdFYGqDlqzB0OABFDasq5hvg5awyd3tCQ4kMWEPe4yft8zd7gERF4KSU3KDn7G+yNgAES\
    BASmZ+joigtcbaCQUjM1lnaHCEpMLW6QASI0VRaW96lbHEzNQGGDJKYltyiqTAvdjoAQEBCwsGBwcDAgAABRcWHhoV\
    HxsjIB4YFhgsOEmpjmg0NjM1MjI2VVJVTWAAV1hXWFRRVXB4asG3ZHBveXhzbWyAl5KcjpWamYGJjY6QuqmvprGupZ\
    2eqrK0uMHLwcy9xsO/xMvJvbfX3Nvd4MzX3N3l093dDQgAAQUAAQcQGyEqNRAKCAgVJyEuOERPV2AACBGGoI5UVl90\
    k6SsCwcGGmYhg4iHkpyovRIcEnuYa5ikoolgW4YEJDBTZ4+wt5F7UFGDFBVCY6GwloaDhn+HqQYoU4qmtJKGlpuJhJ\
    caPXaZo4qHkrCvb3ab
    """)
  /// 13 x 9, gray.
  static let grayJPEG = decoded(
    """
    /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAUDBAQEAwUEBAQFBQUGBwwIBwcHBw8LCwkMEQ8SEhEPERETFhwXExQaFR\
    ERGCEYGh0dHx8fExciJCIeJBweHx7/wgALCAAJAA0BAREA/8QAFQABAQAAAAAAAAAAAAAAAAAABQb/2gAIAQEAAAAB\
    BoWab//EABsQAAEEAwAAAAAAAAAAAAAAAAIAAwQFEhMy/9oACAEBAAEFAolWOpmrHGLw2v/EABsQAAEEAwAAAAAAAA\
    AAAAAAAAABAhEyMUFx/9oACAEBAAY/AqJM5jRQb0U//8QAHxAAAQMDBQAAAAAAAAAAAAAAAQARMRAhQWFxgbHB/9oA\
    CAEBAAE/ISBBlyRPZu06LCeS1A8ul//aAAgBAQAAABBP/8QAHxABAAIBAwUAAAAAAAAAAAAAAREhADFBUXGBobHw/9\
    oACAEBAAE/EC0hNngCXU31N2RqIECRJ7Z4z059OjP/2Q==
    """)
  /// The pixels of ``grayJPEG`` as RGB (3, H, W).
  static let grayJPEGRGB = decoded(
    """
    AgQIFhwbIScrMjg/SBITHyEjMzNBRk1RVVwaKD2mmXtJUVZhanJ6NjU9P2EFZ21ye4CFj0RPR6aoYHV7iYuHho9HYm\
    V4dYaUmYWOkpilcmd5fJWZkY2TpLG5xXCBhZyaqKSksb7Au7yDj52ps6Owu8fUwdDZAgQIFhwbIScrMjg/SBITHyEj\
    MzNBRk1RVVwaKD2mmXtJUVZhanJ6NjU9P2EFZ21ye4CFj0RPR6aoYHV7iYuHho9HYmV4dYaUmYWOkpilcmd5fJWZkY\
    2TpLG5xXCBhZyaqKSksb7Au7yDj52ps6Owu8fUwdDZAgQIFhwbIScrMjg/SBITHyEjMzNBRk1RVVwaKD2mmXtJUVZh\
    anJ6NjU9P2EFZ21ye4CFj0RPR6aoYHV7iYuHho9HYmV4dYaUmYWOkpilcmd5fJWZkY2TpLG5xXCBhZyaqKSksb7Au7\
    yDj52ps6Owu8fUwdDZ
    """)
  /// 5 x 3, CMYK.
  static let cmykJPEG = decoded(
    """
    /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAQCwwODAoQDg0OEhEQExgoGhgWFhgxIyUdKDozPTw5Mzg3QEhcTkBEV0U3OF\
    BtUVdfYmdoZz5NcXlwZHhcZWdj/8AAFAgAAwAFBEMRAE0RAFkRAEsRAP/EABcAAAMBAAAAAAAAAAAAAAAAAAQFBgf/\
    xAAhEAABAwMEAwAAAAAAAAAAAAABAgMEAAUREiEx0QYTUf/aAA4EQwBNAFkASwAAPwAfw63RZlrWuQ1rUHMA6iNsD4\
    aUwrXCdgJcWwkrLqk5yeAE9mpuwQo0sPe9oL0hONyOc9VoFf/Z
    """)
  /// A gzipped IDX file of three 2 x 2 images with the pixels 0 to 11.
  static let idxGzip = decoded(
    """
    H4sIAAAAAAACA2Ng4GBmYGAAYSYwZmRiZmFlY+fg5OIGAGNEb8YcAAAA
    """)

  private static func decoded(_ text: String) -> [UInt8] {
    [UInt8](Data(base64Encoded: text) ?? Data())
  }
}
